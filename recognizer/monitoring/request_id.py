"""An id for every request, in its response and in every line of the log about it."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_NOBODY = "-"
_current: ContextVar[str] = ContextVar("request_id", default=_NOBODY)

View = Callable[[HttpRequest], HttpResponseBase]


def name_requests(get_response: View) -> View:
    """Assign a new id to each request; one that a client sends is ignored."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        token = _current.set(uuid4().hex)
        try:
            response = get_response(request)
            response["X-Request-ID"] = current_request_id()
            return response
        finally:
            _current.reset(token)

    return middleware


def current_request_id() -> str:
    """The id of the request that this thread answers, or "-"."""
    return _current.get()


class WithRequestId(logging.Filter):
    """Adds `request_id` to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True
