"""For whoever watches over the server; neither needs a session or tells anything inside."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from recognizer.monitoring.health import FINE, state_of_parts


@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """This process answers; whether anything else does is not asked."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Whether requests can be answered: 200, or 503 with the parts that keep it from that."""
    parts = state_of_parts()
    is_ready = all(state == FINE for state in parts.values())
    return JsonResponse(parts, status=200 if is_ready else 503)
