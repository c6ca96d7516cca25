"""What happens, for whoever runs this: a line and a count for every request and every picture.

None tells of people: no address, file name, user, query or path, only the name of the route.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from recognizer import metrics

if TYPE_CHECKING:  # the log is set up before there are models
    from recognizer.models import Upload

logger = logging.getLogger(__name__)

View = Callable[[HttpRequest], HttpResponseBase]

# Of a request that was answered before anybody looked for its route, or that has none.
NO_ROUTE = "-"
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

_started: ContextVar[float] = ContextVar("started")


def tell_of_requests(get_response: View) -> View:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        token = _started.set(time.perf_counter())
        try:
            response = get_response(request)
            metrics.REQUESTS.labels(route_of(request), response.status_code).inc()
            metrics.REQUEST_SECONDS.labels(route_of(request)).observe(_seconds())
            _tell(
                "request",
                # Anybody may make up a method, with any text in it.
                method=request.method if request.method in METHODS else "other",
                route=route_of(request),
                status=response.status_code,
                ms=round(_seconds() * 1000),
            )
            return response
        finally:
            _started.reset(token)

    return middleware


def upload_taken(request: HttpRequest, upload: Upload) -> None:
    prediction = upload.current_prediction
    outcome = prediction.state if prediction else "unread"
    metrics.UPLOADS_TAKEN.labels(outcome).inc()
    _tell(
        "upload taken",
        route=route_of(request),
        upload=str(upload.pk),
        format=str(upload.file.name).rpartition(".")[2],
        outcome=outcome,
        bytes=upload.byte_size,
        ms=round(_seconds() * 1000),
    )


def upload_refused(request: HttpRequest, code: str) -> None:
    metrics.UPLOADS_REFUSED.labels(code).inc()
    _tell(
        "upload refused",
        route=route_of(request),
        code=code,
        bytes=declared_bytes(request),
        ms=round(_seconds() * 1000),
    )


def declared_bytes(request: HttpRequest) -> int:
    """How long the body of a request is, as far as it says so."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def route_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match and match.view_name) or NO_ROUTE


class WithoutPaths(logging.Filter):
    """Has what Django says of a request name the route, where it would name path or host.

    Of a refusal it says nothing that the line of the request does not.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        if not isinstance(request, HttpRequest):
            return True
        status = getattr(record, "status_code", 500)
        record.msg, record.args = "answered %s at %s", (status, route_of(request))
        if status < 500:  # the traceback of a refusal ends with what was sent
            record.exc_info = None
        return status >= 500 or record.name != "django.request"


def _tell(what: str, **details: str | int | None) -> None:
    """For people all in one line, for programs each by its name."""
    listed = " ".join(f"{name}={value}" for name, value in details.items())
    logger.info("%s %s", what, listed, extra=details)


def _seconds() -> float:
    """Since the request began; of a picture that no request gave, 0."""
    now = time.perf_counter()
    return now - _started.get(now)
