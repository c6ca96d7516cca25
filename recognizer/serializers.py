"""A reading as data: the same in the JSON of a result and in what people download."""

from typing import Any

from recognizer.models import DigitPrediction, Prediction

NOT_READ: dict[str, Any] = {
    "state": Prediction.State.FAILED.value,
    "reason": "",
    "text": "",
    "confidence": None,
    "possibilities": [],
    "digits": [],
    "model": "",
}


def reading_as_data(prediction: Prediction | None) -> dict[str, Any]:
    """What was read, digit by digit; an upload without a prediction counts as a failed one."""
    if prediction is None:
        return NOT_READ
    version = prediction.model_version
    return {
        "state": prediction.state,
        "reason": prediction.reason,
        "text": prediction.text,
        "confidence": prediction.confidence,
        "possibilities": [
            {"text": text, "probability": share} for text, share in prediction.possibilities
        ],
        "digits": [_digit_as_data(digit) for digit in prediction.digits.all()],
        "model": version.name if version else "",
    }


def _digit_as_data(digit: DigitPrediction) -> dict[str, Any]:
    return {
        "value": digit.value,
        "confidence": digit.confidence,
        "line": digit.line,
        "box": digit.box,
        "alternatives": [
            {"value": value, "probability": share} for value, share in digit.alternatives
        ],
    }
