import math
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from recognizer.accounts.clients import client_of
from recognizer.accounts.lockout import time_left

MINUTE = timedelta(minutes=1)


def locked_out(
    request: HttpRequest, _answer: HttpResponse | None, credentials: dict[str, str]
) -> HttpResponse:
    """The answer after too many wrong passwords; django-axes calls this."""
    wait = time_left(credentials["username"], client_of(request))
    response = render(request, "429.html", {"minutes": math.ceil(wait / MINUTE)}, status=429)
    response["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return response
