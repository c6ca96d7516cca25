"""People's pictures and what was read in them."""

from recognizer.models.model_version import ModelVersion, ModelVersionQuerySet
from recognizer.models.owner import Owner
from recognizer.models.prediction import DigitPrediction, Prediction
from recognizer.models.throttle_window import ThrottleWindow
from recognizer.models.upload import (
    VERIFIED_TEXT,
    FileRemoval,
    Upload,
    UploadQuerySet,
    stored_name,
)
from recognizer.models.written import VERIFIED_WRITTEN, as_typed, without_signs

__all__ = [
    "VERIFIED_TEXT",
    "VERIFIED_WRITTEN",
    "DigitPrediction",
    "FileRemoval",
    "ModelVersion",
    "ModelVersionQuerySet",
    "Owner",
    "Prediction",
    "ThrottleWindow",
    "Upload",
    "UploadQuerySet",
    "as_typed",
    "stored_name",
    "without_signs",
]
