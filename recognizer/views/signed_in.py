"""Pages that need an account: who has none is told why, and comes back after logging in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from recognizer.forms.accounts import SignedInRequest
from recognizer.views.problems import problem, wants_json

SIGNED_OUT = _("You are no longer logged in. Log in again in another tab, then try again here.")
WHY_AN_ACCOUNT = _(
    "Batches belong to an account, so that you find them again on every device. Log in, and you "
    "come back to where you were."
)

View = Callable[..., HttpResponseBase]


def signed_in_or_back_to(route: str) -> Callable[[View], View]:
    """Make a view for accounts alone: a page leads to logging in, and a script is told so.

    Args:
        route: where somebody comes back to whose form was not taken.
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
            if request.user.is_authenticated:
                return view(cast(SignedInRequest, request), *args, **values)
            if wants_json(request):
                return problem(401, "signed_out", str(SIGNED_OUT))
            # A form can't be sent by the redirect that follows.
            is_safe = request.method in {"GET", "HEAD"}
            back = request.get_full_path() if is_safe else reverse(route)
            return redirect_to_login(back, resolve_url(settings.LOGIN_URL))

        return guarded

    return decorated


signed_in = signed_in_or_back_to("recognizer:batches")


def why_an_account(path: str) -> str:
    """Why somebody who wanted this page has to log in; empty for pages that need no account."""
    return str(WHY_AN_ACCOUNT) if path.startswith(reverse("recognizer:batches")) else ""
