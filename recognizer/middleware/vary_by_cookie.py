"""Keeps caches from showing one person's page to another."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

View = Callable[[HttpRequest], HttpResponseBase]


def pages_differ_by_cookie(get_response: View) -> View:
    """Mark every HTML page as one that depends on the cookie."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie"])
        return response

    return middleware
