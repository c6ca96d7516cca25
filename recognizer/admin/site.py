"""The administration: Django's own, with fewer methods; logging in adopts earlier pictures."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from recognizer.accounts.owners import adopt

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

# Django's own views answer every method, most of them like GET.
only_what_browsers_send = require_http_methods(["GET", "HEAD", "POST"])


class Administration(admin.AdminSite):
    site_header = "digitrec"
    site_title = "digitrec"
    site_url = f"/{settings.SITE_PATH}"
    index_title = "Pictures, predictions and models"

    @method_decorator(only_what_browsers_send)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().login(request, extra_context)
        if request.method == "POST":
            adopt(request)
        return response

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        return only_what_browsers_send(super().admin_view(view, cacheable))
