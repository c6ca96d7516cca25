"""The model that reads: loaded once a process, and anew when a training replaced it."""

import threading
from pathlib import Path

from django.conf import settings

from mlmodel.card import CARD_FILE
from mlmodel.classifier import Classifier
from recognizer.models import ModelVersion

_lock = threading.Lock()
_loaded: dict[Path, tuple[float, Classifier]] = {}


def classifier() -> Classifier:
    """The classifier of settings.MODEL_DIR; one object serves all threads.

    Raises:
        ModelError: the folder holds no model that can be trusted.
    """
    directory = Path(settings.MODEL_DIR)
    card = directory / CARD_FILE
    changed = card.stat().st_mtime if card.exists() else 0.0
    with _lock:
        known = _loaded.get(directory)
        if known is None or known[0] != changed:
            known = changed, Classifier.load(directory)
            _loaded[directory] = known
        return known[1]


def version_of(loaded: Classifier) -> ModelVersion:
    """The row of the loaded model, registered as the active one when it is new."""
    known = ModelVersion.objects.filter(artifact_sha256=loaded.card.artifact_sha256).first()
    return known or ModelVersion.objects.register(loaded.card, activate=True)
