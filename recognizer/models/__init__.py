"""People's pictures and what was read in them."""

from recognizer.models.batch import (
    POSITIONS_OF_A_SOURCE,
    POSTPONED,
    UNSERVED_AFTER,
    Batch,
    BatchEstimate,
    BatchItem,
    BatchQuerySet,
    BatchSource,
)
from recognizer.models.check import BatchChecker, Check, DigitCheck, GroupClaim, KnownAnswer
from recognizer.models.model_version import ModelVersion, ModelVersionQuerySet
from recognizer.models.owner import Owner
from recognizer.models.prediction import DigitPrediction, Prediction
from recognizer.models.saved_rule import SavedRule, SavedRuleQuerySet
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
    "POSITIONS_OF_A_SOURCE",
    "POSTPONED",
    "UNSERVED_AFTER",
    "VERIFIED_TEXT",
    "VERIFIED_WRITTEN",
    "Batch",
    "BatchChecker",
    "BatchEstimate",
    "BatchItem",
    "BatchQuerySet",
    "BatchSource",
    "Check",
    "DigitCheck",
    "DigitPrediction",
    "FileRemoval",
    "GroupClaim",
    "KnownAnswer",
    "ModelVersion",
    "ModelVersionQuerySet",
    "Owner",
    "Prediction",
    "SavedRule",
    "SavedRuleQuerySet",
    "ThrottleWindow",
    "Upload",
    "UploadQuerySet",
    "as_typed",
    "stored_name",
    "without_signs",
]
