"""Uploads as JSON, for programs."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from recognizer.accounts.owners import owner_of
from recognizer.models import Upload
from recognizer.serializers import reading_as_data, upload_as_data


@require_safe
def answer(request: HttpRequest, pk: UUID) -> JsonResponse:
    """One upload with what was read in it and the text that a person verified."""
    uploads = Upload.objects.visible_to(owner_of(request)).with_current_prediction()
    upload = get_object_or_404(uploads, pk=pk)
    data = upload_as_data(upload)
    if upload.current_prediction:
        data |= reading_as_data(upload.current_prediction)
    return JsonResponse(data, json_dumps_params={"indent": 2})
