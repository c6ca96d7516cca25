"""Choosing the version that reads from now on, by a person or at the start of a server."""

import logging
from pathlib import Path

from django.conf import settings
from django.db import transaction

from mlmodel.artifact.card import CardFormatUnknown, ModelCard, ModelError
from mlmodel.artifact.directory import read_model
from mlmodel.artifact.versions import choose, publish
from mlmodel.model import SHIPPED_DIR, PreprocessingMismatch, require_readable
from recognizer.model_versions.active_model import active_folder
from recognizer.models import ModelVersion

logger = logging.getLogger(__name__)


def promote(card: ModelCard, *, automatically: bool = False) -> ModelVersion:
    """Let a version read from the next picture on, on every server that uses this database.

    Args:
        card: of a model that is in MODEL_DIR.
        automatically: by the start of a server, and not by a person or a training.

    Raises:
        ModelNotWritten: MODEL_DIR can't be written to; nothing was promoted.
        django.db.Error: the database can't be reached; nothing was promoted.
    """
    version = ModelVersion.objects.register(card)
    with transaction.atomic():
        # The rows that this locks let another promotion wait, so that its note is not overwritten.
        version.activate(automatically=automatically)
        choose(card.sha256, Path(settings.MODEL_DIR))
    logger.info("%s reads from now on", card.name)
    return version


def promote_shipped_if_due() -> bool:
    """Promote the model that comes with digitrec at a start, if that is due; whether it was.

    It is on the first start, and after an update with another model, unless a person or a training
    chose the active one. A chosen one makes way only for a format that can't be read any more.

    Raises:
        ModelError: the shipped model can't be trusted, or MODEL_DIR can't be written to.
    """
    card, artifacts = read_model(SHIPPED_DIR)
    active = ModelVersion.objects.active()
    if active and not _makes_way(active, card):
        return False
    publish(card, artifacts, Path(settings.MODEL_DIR))
    promote(card, automatically=True)
    return True


def _makes_way(active: ModelVersion, shipped: ModelCard) -> bool:
    """Whether the active version makes way for the shipped one."""
    if active.artifact_sha256 == shipped.sha256:
        # Earlier versions of digitrec neither noted the promotion nor copied the model.
        return active.promoted_automatically is None
    if active.promoted_automatically:
        return True
    try:
        require_readable(read_model(active_folder())[0])
    except (CardFormatUnknown, PreprocessingMismatch) as error:
        logger.warning("%s makes way for %s: %s", active.name, shipped.name, error)
        return True
    except (ModelError, OSError) as error:
        keeps_its_place = active.promoted_automatically is False
        logger.error("%s can't read here: %s", active.name, error)  # noqa: TRY400 - a sentence
        return not keeps_its_place
    return False
