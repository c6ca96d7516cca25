"""The model that reads: loaded once a process, and anew when a training replaced it."""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from mlmodel.artifact.card import ModelCard, ModelError
from mlmodel.artifact.directory import CARD_FILE, ModelMissing, read_card
from mlmodel.model import Model
from recognizer.models import ModelVersion

logger = logging.getLogger(__name__)


@dataclass
class _Loaded:
    """A model that reads, when its card was written, and what is wrong with the one after it."""

    model: Model
    card_written_ns: int
    problem: str = ""


_lock = threading.Lock()
_loaded: dict[Path, _Loaded] = {}


def model() -> Model:
    """The model of settings.MODEL_DIR; one object serves all threads.

    Once there was a good one, it reads on while the folder holds none that can be trusted.

    Raises:
        ModelError: the folder holds no model that can be trusted, and never did.
    """
    directory = Path(settings.MODEL_DIR)
    with _lock:
        known = _loaded.get(directory)
        try:
            written_ns = _card_written_ns(directory)
            if known is None or known.card_written_ns != written_ns:
                known = _loaded[directory] = _Loaded(_load(directory), written_ns)
        except ModelError as error:
            if known is None:
                raise
            _tell_once(known, str(error))
        return known.model


def card() -> ModelCard | None:
    """What the model in settings.MODEL_DIR says of itself; None where none can be trusted."""
    try:
        return read_card(Path(settings.MODEL_DIR))
    except ModelError:
        logger.exception("the model's card can't be read")
        return None


def version_of(loaded: Model) -> ModelVersion:
    """The row of the loaded model; what reads is registered, and the active one."""
    known = ModelVersion.objects.filter(artifact_sha256=loaded.card.sha256).first()
    if known and known.active:
        return known
    return ModelVersion.objects.register(loaded.card, activate=True)


def _card_written_ns(directory: Path) -> int:
    try:
        return (directory / CARD_FILE).lstat().st_mtime_ns
    except OSError as error:
        raise ModelMissing(f"There is no model in {directory}.") from error


def _load(directory: Path) -> Model:
    try:
        return Model.load(directory)
    except OSError as error:
        raise ModelMissing(f"The model in {directory} can't be opened.") from error


def _tell_once(known: _Loaded, problem: str) -> None:
    """Every picture looks for a new model, and the log need not say each time what it found."""
    if known.problem != problem:
        known.problem = problem
        logger.error("%s %s goes on reading.", problem, known.model.card.name)
