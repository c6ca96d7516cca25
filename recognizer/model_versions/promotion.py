"""Choosing the version that reads from now on, by a person or at the start of a server."""

import logging
from pathlib import Path

from django.conf import settings

from mlmodel.artifact.card import ModelCard, ModelError
from mlmodel.artifact.directory import read_model
from mlmodel.artifact.versions import choose
from mlmodel.model import SHIPPED_DIR, require_readable
from recognizer.model_versions.active_model import active_folder
from recognizer.models import ModelVersion

logger = logging.getLogger(__name__)


def promote(card: ModelCard) -> ModelVersion:
    """Let a version read from the next picture on, on every server that uses this database.

    Args:
        card: of a model that is in MODEL_DIR, or that comes with this version of digitrec.

    Raises:
        ModelNotWritten: MODEL_DIR can't be written to; nothing was promoted.
        django.db.Error: the database can't be reached; nothing was promoted.
    """
    version = ModelVersion.objects.register(card)
    choose(card.sha256, Path(settings.MODEL_DIR))
    version.activate()
    logger.info("%s reads from now on", card.name)
    return version


def promote_shipped_if_none_reads() -> bool:
    """Promote the model that comes with this version if no active version can read here.

    That is the case on the first start, and after an update that reads another format of models.

    Returns:
        whether it was promoted.

    Raises:
        ModelError: the shipped model can't be trusted either.
    """
    if ModelVersion.objects.active():
        try:
            require_readable(read_model(active_folder())[0])
        except (ModelError, OSError):
            logger.exception("the active version can't read here")
        else:
            return False
    card, _ = read_model(SHIPPED_DIR)
    promote(card)
    return True
