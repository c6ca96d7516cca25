"""Light or dark, as chosen in the header; pages follow the system where nothing was chosen."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Written by static/js/theme.js; read here, so that the first paint has the right theme.
COOKIE = "theme"
THEMES = ("light", "dark")

View = Callable[[HttpRequest], HttpResponseBase]


def theme(request: HttpRequest) -> dict[str, str]:
    """For every template: the theme that was chosen, or an empty text."""
    chosen = request.COOKIES.get(COOKIE, "")
    return {"theme": chosen if chosen in THEMES else ""}
