"""Refuses bodies that are too large or state no length, before a byte of them is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from recognizer.batches.giving import BatchFull
from recognizer.monitoring.events import declared_bytes
from recognizer.refusals import FileTooLarge, Refusal
from recognizer.views.new_batch import new_batch_refused
from recognizer.views.problems import wants_json
from recognizer.views.upload import refused

# Room for boundaries, part headers, file name and CSRF token around the picture.
MULTIPART_FRAME_BYTES = 64 * 1024

# The same around each of many files.
BATCH_FRAME_BYTES = 2 * 1024 * 1024
# The routes that take files for a batch.
BATCH_ROUTES = ("recognizer:new_batch", "recognizer:batch_files")

View = Callable[[HttpRequest], HttpResponseBase]


class LengthMissing(Refusal):
    code = "length_missing"
    status = 411

    def __init__(self) -> None:
        super().__init__(_("This was sent without saying how long it is. Choose it on this page."))


def refuse_oversized_bodies(get_response: View) -> View:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        length = declared_bytes(request)
        if length > settings.MAX_UPLOAD_BYTES + MULTIPART_FRAME_BYTES:
            if not _gives_to_a_batch(request):
                return refused(request, FileTooLarge(settings.MAX_UPLOAD_BYTES))
            if length > _most_for_a_batch(request) + BATCH_FRAME_BYTES:
                return _refused_for_a_batch(request)
        if request.headers.get("Transfer-Encoding"):
            # A body in chunks states no length; a proxy in front would forward it with one.
            return refused(request, LengthMissing())
        return get_response(request)

    return middleware


def _gives_to_a_batch(request: HttpRequest) -> bool:
    """Whether somebody who may have batches sends files for one; nobody else sends so much."""
    return _route_of(request) in BATCH_ROUTES and request.user.is_authenticated


def _route_of(request: HttpRequest) -> str:
    """The route that the request will take: Django looks for it after all middlewares."""
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _most_for_a_batch(request: HttpRequest) -> int:
    """A script sends one file at a time; a form may hold all of them."""
    one_file = wants_json(request)
    return (settings.BATCH_FILE_MEGABYTES if one_file else settings.BATCH_MEGABYTES) << 20


def _refused_for_a_batch(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return new_batch_refused(request, FileTooLarge(settings.BATCH_FILE_MEGABYTES << 20))
    return new_batch_refused(request, BatchFull())
