"""Health checks for whoever runs the server; they need no session and reveal no internals."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from recognizer.monitoring.health import FINE, state_of_parts


@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers; nothing else is checked."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """200 if requests can be answered, otherwise 503; the JSON gives the state of each part."""
    parts = state_of_parts()
    is_ready = all(state == FINE for state in parts.values())
    return JsonResponse(parts, status=200 if is_ready else 503)
