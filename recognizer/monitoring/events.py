"""A log line for every request, picture and batch, and counts, for whoever runs the server.

They hold nothing about people: no address, file name, user, query or path, only the route's name.
A host or an origin is named where it is refused: the server may lack it in its settings.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.utils import timezone

from recognizer.models import Batch, Upload
from recognizer.monitoring import counters
from recognizer.monitoring.log_filters import route_of

logger = logging.getLogger(__name__)

View = Callable[[HttpRequest], HttpResponseBase]

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
# A name of a host has at most 253 characters.
MOST_QUOTED = 300

_started: ContextVar[float] = ContextVar("started")


def log_requests(get_response: View) -> View:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        token = _started.set(time.perf_counter())
        try:
            response = get_response(request)
            _request_answered(request, response.status_code)
            return response
        finally:
            _started.reset(token)

    return middleware


def _request_answered(request: HttpRequest, status: int) -> None:
    counters.REQUESTS.labels(route_of(request), status).inc()
    counters.REQUEST_SECONDS.labels(route_of(request)).observe(_seconds())
    _log(
        "request",
        # A client may make up a method, with any text in it.
        method=request.method if request.method in METHODS else "other",
        route=route_of(request),
        status=status,
        ms=round(_seconds() * 1000),
    )


def upload_taken(upload: Upload, route: str) -> None:
    """Count and log an upload that was taken in; a job passes its own name as the route."""
    counters.UPLOADS_TAKEN.labels(upload.state).inc()
    _log(
        "upload taken",
        route=route,
        upload=str(upload.pk),
        format=str(upload.file.name).rpartition(".")[2],
        outcome=upload.state,
        bytes=upload.byte_size,
        ms=round(_seconds() * 1000),
    )


def upload_refused(code: str, route: str, byte_count: int) -> None:
    """Count and log an upload that was refused.

    Args:
        byte_count: the size of what was sent, as far as it is known.
    """
    counters.UPLOADS_REFUSED.labels(code).inc()
    _log(
        "upload refused",
        route=route,
        code=code,
        bytes=byte_count,
        ms=round(_seconds() * 1000),
    )


def batch_finished(batch: Batch) -> None:
    """Log a batch in which nothing is left to do: how many pictures there are in which state."""
    counts = {state: count for state, count in batch.counts().items() if count}
    seconds = (timezone.now() - batch.created).total_seconds()
    _log("batch finished", batch=str(batch.pk), seconds=round(seconds), **counts)


def host_refused(request: HttpRequest) -> None:
    """Log under which name somebody asked for the site, and how the server learns it."""
    sent = request.headers.get("Host", "")
    host, _port = split_domain_port(sent)
    if host:
        advice = "if people are to reach the site under this name, add it to ALLOWED_HOSTS"
    else:
        advice = "this is no name that a server can have"
    logger.warning("host %s refused: %s", _quoted(host or sent), advice)


def origin_refused(request: HttpRequest, origin: str) -> None:
    """Log where a form came from, and how the server learns that this is its own address.

    Args:
        origin: as the browser says it; "null" where it keeps that to itself.
    """
    asked = f"{request.scheme}://{request.get_host()}"
    logger.warning(
        "form from origin %s refused at %s: %s",
        _quoted(origin),
        _quoted(asked),
        _advice_on(origin, asked),
    )


def _advice_on(origin: str, asked: str) -> str:
    if origin == "null":
        return (
            "the browser hides where it comes from; look for a proxy that sets Referrer-Policy, "
            "or a frame around the page"
        )
    if origin.partition("://")[2] == asked.partition("://")[2] and origin.startswith("https"):
        return "if a proxy speaks TLS for this site, let it set X-Forwarded-Proto, and set HTTPS=1"
    return (
        "if this is the site's own address, let the proxy pass the header Host on as it came, "
        "or add the origin to CSRF_TRUSTED_ORIGINS"
    )


def _quoted(sent: str) -> str:
    """What a stranger sent, in one short line."""
    return ascii(sent[:MOST_QUOTED])


def declared_bytes(request: HttpRequest) -> int:
    """The length that a request declares for its body; 0 if there is no valid one."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _log(what: str, **details: str | int | None) -> None:
    """Log the details in one line for people, and each under its name for programs."""
    listed = " ".join(f"{name}={value}" for name, value in details.items())
    logger.info("%s %s", what, listed, extra=details)


def _seconds() -> float:
    """Seconds since the request began; 0 outside a request."""
    now = time.perf_counter()
    return now - _started.get(now)
