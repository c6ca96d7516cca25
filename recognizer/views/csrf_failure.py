"""The answer to a form that was refused for its token, or for where it came from."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from recognizer.monitoring import events
from recognizer.monitoring.request_id import current_request_id
from recognizer.views.problems import problem, wants_json

# Django says the same of the header Origin and of Referer, which it reads where there is no Origin.
_NOT_TRUSTED = REASON_BAD_ORIGIN.partition("%s")[2]
# For the scripts of a page; 403_csrf.html says it to people who see no page any more.
STALE_TOKEN = _(
    "For your safety, the server did not take this: the page may have been open for very long. "
    "Nothing was stored or changed. Reload the page and send it again. If this comes once more, "
    "allow cookies for this address: the check needs one."
)
UNKNOWN_ORIGIN = _(
    "This came from an address that the server does not know as its own, so nothing was stored or "
    "changed. If you sent it from this site's own page, ask whoever runs the server: its log says "
    "which address was refused, and which setting allows it."
)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form, as a page or for a script; Django calls this, and says why in English."""
    if reason.endswith(_NOT_TRUSTED):
        events.origin_refused(request, _origin_of(request))
        return _unknown_origin(request)
    if wants_json(request):
        return problem(403, "stale_token", str(STALE_TOKEN))
    return render(request, "403_csrf.html", status=403)


def _unknown_origin(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return problem(403, "unknown_origin", str(UNKNOWN_ORIGIN))
    context = {"sentence": UNKNOWN_ORIGIN, "request_id": current_request_id()}
    return render(request, "403_origin.html", context, status=403)


def _origin_of(request: HttpRequest) -> str:
    """Where the form came from; of the address in Referer, no more than that."""
    if origin := request.headers.get("Origin"):
        return origin
    referer = urlsplit(request.headers.get("Referer", ""))
    return f"{referer.scheme}://{referer.netloc.rpartition('@')[2]}"
