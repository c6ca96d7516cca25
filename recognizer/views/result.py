from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from recognizer.models import Upload
from recognizer.owners import owner_of
from recognizer.recognition import StorageUnavailable
from recognizer.recognition import read_again as read_upload_again
from recognizer.templatetags.confidence import is_doubtful
from recognizer.views.overlay import marks


@require_safe
def result(request: HttpRequest, pk: UUID) -> HttpResponse:
    uploads = Upload.objects.visible_to(owner_of(request)).with_current_prediction()
    upload = get_object_or_404(uploads, pk=pk)
    prediction = upload.current_prediction
    shown = marks(upload, prediction.digits.all()) if prediction else []
    context = {
        "upload": upload,
        "prediction": prediction,
        "marks": shown,
        "some_are_doubtful": any(is_doubtful(mark.digit.confidence) for mark in shown),
    }
    return render(request, "recognizer/result.html", context)


@require_POST
def read_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    upload = get_object_or_404(Upload.objects.visible_to(owner_of(request)), pk=pk)
    try:
        read_upload_again(upload)
    except StorageUnavailable:
        messages.error(request, "The stored picture could not be opened, so it was not read again.")
    return redirect(upload)
