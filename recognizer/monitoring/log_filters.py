"""Keeps paths and hosts out of the log, because they may reveal something about people."""

import logging

from django.http import HttpRequest

# The route of a request that was answered before its route was looked up, or that has none.
NO_ROUTE = "-"


def route_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match and match.view_name) or NO_ROUTE


class WithoutPaths(logging.Filter):
    """Replaces path and host in Django's messages about a request by the route.

    Drops the messages of django.request about refusals, which the line of the request includes.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)
        if not isinstance(request, HttpRequest):
            return True
        status = getattr(record, "status_code", 500)
        record.msg, record.args = "answered %s at %s", (status, route_of(request))
        if status < 500:  # a refusal's traceback ends with what was sent
            record.exc_info = None
        return status >= 500 or record.name != "django.request"
