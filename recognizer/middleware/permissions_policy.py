"""Forbids browser features that no page needs, whatever gets into a page."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[[HttpRequest], HttpResponseBase]

# The device's own camera program takes photos, and a page needs no permission for that.
UNUSED = ("camera", "microphone", "geolocation", "payment", "usb", "display-capture")
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in UNUSED)


def forbid_what_no_page_needs(get_response: View) -> View:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return middleware
