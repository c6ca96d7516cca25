"""Refuses bodies that are too large or state no length, before a byte of them is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from recognizer.monitoring.events import declared_bytes
from recognizer.refusals import FileTooLarge, Refusal
from recognizer.views.upload import refused

# Room for boundaries, part headers, file name and CSRF token around the picture.
MULTIPART_FRAME_BYTES = 64 * 1024

View = Callable[[HttpRequest], HttpResponseBase]


class LengthMissing(Refusal):
    code = "length_missing"
    status = 411

    def __init__(self) -> None:
        super().__init__(_("This was sent without saying how long it is. Choose it on this page."))


def refuse_oversized_bodies(get_response: View) -> View:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        if declared_bytes(request) > settings.MAX_UPLOAD_BYTES + MULTIPART_FRAME_BYTES:
            return refused(request, FileTooLarge(settings.MAX_UPLOAD_BYTES))
        if request.headers.get("Transfer-Encoding"):
            # A body in chunks states no length; a proxy in front would forward it with one.
            return refused(request, LengthMissing())
        return get_response(request)

    return middleware
