"""Uploads and readings as data: one shape for pages, exports, commands and programs."""

from collections.abc import Iterable
from typing import Any

from recognizer.models import DigitPrediction, Prediction, Upload


def upload_as_data(upload: Upload) -> dict[str, Any]:
    """One upload with its current prediction's text, without the digits; makes no query.

    Args:
        upload: loaded with its current prediction and that prediction's model version.
    """
    prediction = upload.current_prediction
    return {
        "id": str(upload.pk),
        "name": upload.original_name,
        "created": upload.created,
        "source": upload.source,
        "width": upload.width,
        "height": upload.height,
        "bytes": upload.byte_size,
        "more_frames": upload.more_frames,
        "sha256": upload.sha256,
        "state": upload.state,
        "text": prediction.text if prediction else "",
        "written": prediction.as_written if prediction else "",
        "confidence": prediction.confidence if prediction else None,
        "written_confidence": prediction.written_confidence if prediction else None,
        "model": _model_of(prediction) if prediction else "",
        "verified_text": upload.verified_text,
        "verified_written": upload.verified_as_written,
        "verified": upload.verified,
    }


def reading_as_data(
    prediction: Prediction, digits: Iterable[DigitPrediction] | None = None
) -> dict[str, Any]:
    """A prediction and its digits; the reason is a name, and the explanation says it to people.

    Args:
        digits: the digits of a prediction that is not saved; otherwise they are queried.
    """
    found = prediction.digits.all() if digits is None else digits
    return {
        "state": str(prediction.state),
        "reason": str(prediction.reason),
        "explanation": str(prediction.get_reason_display()),
        "text": prediction.text,
        "written": prediction.as_written,
        "confidence": prediction.confidence,
        "written_confidence": prediction.written_confidence,
        "possibilities": _with_probabilities("text", prediction.possibilities),
        "digits": [_digit_as_data(digit) for digit in found],
        "passed_over": prediction.passed_over,
        "model": _model_of(prediction),
        "milliseconds": round(prediction.milliseconds, 2),
    }


def _model_of(prediction: Prediction) -> str:
    return prediction.model_version.name if prediction.model_version else ""


def _digit_as_data(digit: DigitPrediction) -> dict[str, Any]:
    return {
        "value": digit.value,
        "confidence": digit.confidence,
        "line": digit.line,
        "box": list(digit.box),
        "alternatives": _with_probabilities("value", digit.alternatives),
    }


def _with_probabilities(name: str, pairs: Iterable[tuple[Any, float]]) -> list[dict[str, Any]]:
    return [{name: what, "probability": share} for what, share in pairs]
