"""What was read, for programs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from recognizer.accounts.owners import owner_of
from recognizer.models import Upload
from recognizer.serializers import reading_as_data


@require_safe
def answer(request: HttpRequest, pk: UUID) -> JsonResponse:
    """One upload with what was read in it and what a person said."""
    uploads = Upload.objects.visible_to(owner_of(request)).with_current_prediction()
    return JsonResponse(
        _content(get_object_or_404(uploads, pk=pk)), json_dumps_params={"indent": 2}
    )


def _content(upload: Upload) -> dict[str, Any]:
    return {
        "id": str(upload.pk),
        "created": upload.created.isoformat(),
        "source": upload.source,
        "width": upload.width,
        "height": upload.height,
        **reading_as_data(upload.current_prediction),
        "verified_text": upload.verified_text,
    }
