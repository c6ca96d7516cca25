"""What was read, for programs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from recognizer.models import DigitPrediction, Upload
from recognizer.owners import owner_of


@require_safe
def answer(request: HttpRequest, pk: UUID) -> JsonResponse:
    """One upload with what was read in it and what a person said."""
    uploads = Upload.objects.visible_to(owner_of(request)).with_current_prediction()
    return JsonResponse(
        _content(get_object_or_404(uploads, pk=pk)), json_dumps_params={"indent": 2}
    )


def _content(upload: Upload) -> dict[str, Any]:
    prediction = upload.current_prediction
    version = prediction.model_version if prediction else None
    return {
        "id": str(upload.pk),
        "created": upload.created.isoformat(),
        "source": upload.source,
        "width": upload.width,
        "height": upload.height,
        "state": prediction.state if prediction else "failed",
        "reason": prediction.reason if prediction else "",
        "text": prediction.text if prediction else "",
        "confidence": prediction.confidence if prediction else None,
        "possibilities": [
            {"text": text, "probability": share}
            for text, share in (prediction.possibilities if prediction else [])
        ],
        "digits": [_digit(digit) for digit in (prediction.digits.all() if prediction else [])],
        "verified_text": upload.verified_text,
        "model": version.name if version else "",
    }


def _digit(digit: DigitPrediction) -> dict[str, Any]:
    return {
        "value": digit.value,
        "confidence": digit.confidence,
        "line": digit.line,
        "box": digit.box,
        "alternatives": [
            {"value": value, "probability": share} for value, share in digit.alternatives
        ],
    }
