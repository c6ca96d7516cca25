"""The model that reads: loaded once a process, and anew when a training replaced it."""

import threading
from pathlib import Path

from django.conf import settings

from mlmodel.model import Model
from mlmodel.model_directory import CARD_FILE, ModelMissing
from recognizer.models import ModelVersion

_lock = threading.Lock()
_loaded: dict[Path, tuple[int, Model]] = {}


def model() -> Model:
    """The model of settings.MODEL_DIR; one object serves all threads.

    Raises:
        ModelError: the folder holds no model that can be trusted.
    """
    directory = Path(settings.MODEL_DIR)
    try:
        card = directory / CARD_FILE
        changed = card.stat().st_mtime_ns if card.exists() else 0
        with _lock:
            known = _loaded.get(directory)
            if known is None or known[0] != changed:
                known = changed, Model.load(directory)
                _loaded[directory] = known
            return known[1]
    except OSError as error:
        raise ModelMissing(f"The model in {directory} can't be opened.") from error


def version_of(loaded: Model) -> ModelVersion:
    """The row of the loaded model; what reads is registered, and the active one."""
    known = ModelVersion.objects.filter(artifact_sha256=loaded.card.sha256).first()
    if known and known.active:
        return known
    return ModelVersion.objects.register(loaded.card, activate=True)
