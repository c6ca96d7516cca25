"""Bodies that are too large are refused by their declared length, before a byte is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import ensure_csrf_cookie

from recognizer.refusals import FileTooLarge
from recognizer.views.upload import refused

# Boundaries, part headers, file name and CSRF token around the picture.
MULTIPART_FRAME_BYTES = 64 * 1024

View = Callable[[HttpRequest], HttpResponseBase]


def refuse_oversized_bodies(get_response: View) -> View:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        if _declared_bytes(request) > settings.MAX_UPLOAD_BYTES + MULTIPART_FRAME_BYTES:
            return _refuse(request)
        return get_response(request)

    return middleware


# The refusal shows the form again, whose token needs its cookie; nothing is enforced here.
@ensure_csrf_cookie
def _refuse(request: HttpRequest) -> HttpResponse:
    return refused(request, FileTooLarge(settings.MAX_UPLOAD_BYTES))


def _declared_bytes(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
