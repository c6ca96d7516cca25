"""The answer to a request that Django refuses before any page sees it."""

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from recognizer.monitoring import events
from recognizer.monitoring.request_id import current_request_id
from recognizer.views.problems import problem, wants_json

UNKNOWN_HOST = _(
    "The server does not answer under the name in your address bar. Ask whoever runs it: its log "
    "says which name was refused, and which setting allows it."
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer with 400; the pages ask nothing of the request, whose host may be the trouble."""
    if not isinstance(exception, DisallowedHost):
        return HttpResponse(render_to_string("400.html"), status=400)
    events.host_refused(request)
    if wants_json(request):
        return problem(400, "unknown_host", str(UNKNOWN_HOST))
    context = {"sentence": UNKNOWN_HOST, "request_id": current_request_id()}
    return HttpResponse(render_to_string("400_host.html", context), status=400)
