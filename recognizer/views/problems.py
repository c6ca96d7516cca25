"""What went wrong, for a page's script."""

from django.http import HttpRequest, HttpResponse, JsonResponse

HTML, JSON = "text/html", "application/json"


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of the page asks, which shows the answer by itself."""
    return request.get_preferred_type([HTML, JSON]) == JSON


def problem(status: int, code: str, sentence: str) -> HttpResponse:
    """What went wrong, as RFC 9457 has programs told."""
    content = {"title": sentence, "status": status, "code": code}
    return JsonResponse(content, status=status, content_type="application/problem+json")
