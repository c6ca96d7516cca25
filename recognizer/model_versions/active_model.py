"""The active version's model, loaded once per process and again after each promotion.

A row in the database names the active version. Nothing here changes it: see promotion.py.
"""

import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseError

from mlmodel.artifact.card import ModelCard, ModelError
from mlmodel.artifact.directory import CARD_FILE, ModelMissing, read_card
from mlmodel.artifact.versions import chosen, folder_of
from mlmodel.model import SHIPPED_DIR, Model
from recognizer.models import ModelVersion

logger = logging.getLogger(__name__)


@dataclass
class _Loaded:
    """A model that reads, its folder, and the problem with the version that should replace it."""

    model: Model
    folder: Path
    problem: str = ""


_lock = threading.Lock()
_loaded: dict[Path, _Loaded] = {}  # by MODEL_DIR, of which tests have many


def model() -> Model:
    """Return the active version's model, loaded if necessary; one object serves all threads.

    The model that was loaded last goes on reading while the active version can't be trusted.

    Raises:
        ModelError: the active version can't be trusted, and no other was loaded before.
    """
    # Asked without the lock, so that threads do not wait for each other's question.
    sha256 = _active_sha256(_last_loaded())
    with _lock:
        known = _last_loaded()
        if known and known.model.card.sha256 == sha256:
            return known.model
        try:
            folder = _folder_of(sha256)
            if known is None or known.folder != folder:
                known = _loaded[Path(settings.MODEL_DIR)] = _Loaded(_load(folder), folder)
        except ModelError as error:
            if known is None:
                raise
            _log_once(known, str(error))
        return known.model


def _last_loaded() -> _Loaded | None:
    return _loaded.get(Path(settings.MODEL_DIR))


def card() -> ModelCard | None:
    """Read the active version's card; None if it can't be trusted."""
    try:
        return read_card(active_folder())
    except (ModelError, OSError):
        logger.exception("the model's card can't be read")
        return None


def active_folder() -> Path:
    """Find the folder of the version that reads.

    If no version was ever promoted, it is MODEL_DIR itself if a model lies there, otherwise the
    folder of the model that comes with this version of digitrec.

    Raises:
        ModelMissing: this machine does not have the active version.
    """
    return _folder_of(_active_sha256())


def version_of(loaded: Model) -> ModelVersion:
    """The row of a loaded model, for its predictions to refer to."""
    return ModelVersion.objects.register(loaded.card)


def _active_sha256(known: _Loaded | None = None) -> str | None:
    """Ask the database; where it is away, what is loaded reads on.

    Where nothing is loaded, the note answers that the last promotion on this machine left.
    """
    try:
        return ModelVersion.objects.active_sha256()
    except DatabaseError:
        return known.model.card.sha256 if known else chosen(Path(settings.MODEL_DIR))


def _folder_of(sha256: str | None) -> Path:
    models = Path(settings.MODEL_DIR)
    if sha256:
        return folder_of(sha256, models, SHIPPED_DIR)
    return models if os.path.lexists(models / CARD_FILE) else SHIPPED_DIR


def _load(folder: Path) -> Model:
    try:
        return Model.load(folder)
    except OSError as error:
        raise ModelMissing(f"The model in {folder} can't be opened.") from error


def _log_once(known: _Loaded, problem: str) -> None:
    """Log a problem once only, because every picture asks for the model."""
    if known.problem != problem:
        known.problem = problem
        logger.error("%s %s goes on reading.", problem, known.model.card.name)
