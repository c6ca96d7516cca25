"""Stored pictures, for their owner alone."""

import logging
from collections.abc import Callable
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from recognizer.accounts.owners import owner_of
from recognizer.models import DigitPrediction, Upload
from recognizer.presentation.small_pictures import digit_jpeg, thumbnail_jpeg

logger = logging.getLogger(__name__)

# Only these two are stored, under generated names: a stranger can't choose the type.
STORED_TYPES = {"png": "image/png", "jpg": "image/jpeg"}
RETRY = {"Retry-After": "30"}
HEADERS = {
    # No copy stays in the browser of a shared computer, or after the picture was deleted.
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@require_safe
def picture(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    return serve_picture(_own_upload(request, pk))


@require_safe
def thumbnail(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    return serve_thumbnail(_own_upload(request, pk))


def serve_picture(upload: Upload) -> HttpResponseBase:
    """The picture of an upload; the caller has checked that the visitor may see it."""
    return _serve(upload, _stored_file)


def serve_digit(digit: DigitPrediction) -> HttpResponseBase:
    """A digit in its picture; the caller has checked that the visitor may see it."""

    def small_jpeg(upload: Upload) -> HttpResponseBase:
        with upload.file.open("rb") as file:
            return HttpResponse(digit_jpeg(file, digit.box), content_type="image/jpeg")

    return _serve(digit.prediction.upload, small_jpeg)


def serve_thumbnail(upload: Upload) -> HttpResponseBase:
    """The thumbnail of an upload; the caller has checked that the visitor may see it."""
    return _serve(upload, _small_jpeg)


def _own_upload(request: HttpRequest, pk: UUID) -> Upload:
    return get_object_or_404(Upload.objects.visible_to(owner_of(request)), pk=pk)


def _serve(upload: Upload, respond: Callable[[Upload], HttpResponseBase]) -> HttpResponseBase:
    try:
        response = respond(upload)
    except FileNotFoundError as error:
        raise Http404("The stored file is missing.") from error
    except OSError:
        logger.exception("the stored file %s can't be opened", upload.file.name)
        return HttpResponse("The storage does not answer just now.", status=503, headers=RETRY)
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _stored_file(upload: Upload) -> HttpResponseBase:
    extension = str(upload.file.name).rpartition(".")[2]
    return FileResponse(
        upload.file.open("rb"),
        content_type=STORED_TYPES.get(extension, "application/octet-stream"),
        filename=f"{upload.pk}.{extension}",
    )


def _small_jpeg(upload: Upload) -> HttpResponseBase:
    with upload.file.open("rb") as file:
        return HttpResponse(thumbnail_jpeg(file), content_type="image/jpeg")
