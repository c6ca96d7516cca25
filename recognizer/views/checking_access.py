"""Which batch a request may check: one's own, or one that its owner lets one check."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, resolve_url
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from recognizer.accounts.owners import owner_of
from recognizer.forms.accounts import SignedInRequest
from recognizer.models import Batch
from recognizer.views.problems import problem, wants_json

SIGNED_OUT = _("You are no longer logged in. Log in again in another tab, then try again here.")


def signed_in_checker(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view for accounts alone: a page leads to logging in, a script is told so."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(cast(SignedInRequest, request), *args, **values)
        if wants_json(request):
            return problem(401, "signed_out", str(SIGNED_OUT))
        # A form can't be sent by the redirect that follows.
        is_safe = request.method in {"GET", "HEAD"}
        back = request.get_full_path() if is_safe else reverse("recognizer:checked_batches")
        return redirect_to_login(back, resolve_url(settings.LOGIN_URL))

    return guarded


def checkable_batch(request: SignedInRequest, pk: UUID) -> Batch:
    """A batch that the user may check; to everybody else it is as if there were none."""
    batches = Batch.objects.checkable_by(owner_of(request)).select_related("rule", "user")
    return get_object_or_404(batches, pk=pk)


def own_batch(request: SignedInRequest, pk: UUID) -> Batch:
    """A batch whose checkers the user chooses."""
    return get_object_or_404(Batch.objects.visible_to(owner_of(request)), pk=pk)
