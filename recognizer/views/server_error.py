"""The pages for exceptions that nothing else caught; they reveal nothing about the program."""

import sys

from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from recognizer.monitoring.request_id import current_request_id

# A database that restarts is back within seconds.
RETRY_AFTER_S = 2


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer an exception that nothing else caught; its traceback is in the log already.

    A database that is away is an outage, which ends by itself, and no fault of the program. The
    pages use neither the database nor the session.
    """
    error = sys.exception()
    if isinstance(error, OperationalError | InterfaceError):
        response = _page("503.html", 503)
        response["Retry-After"] = str(RETRY_AFTER_S)
        return response
    if isinstance(error, DataError):  # a NUL in an address: the request's fault
        return _page("400.html", 400)
    return _page("500.html", 500)


def _page(template: str, status: int) -> HttpResponse:
    context = {"request_id": current_request_id()}
    return HttpResponse(render_to_string(template, context), status=status)
