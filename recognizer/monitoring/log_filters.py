"""What a line of the log must not hold: paths and hosts, which may tell of people."""

import logging

from django.http import HttpRequest

# Of a request that was answered before anybody looked for its route, or that has none.
NO_ROUTE = "-"


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
