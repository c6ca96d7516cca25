"""Errors as JSON, for the scripts of pages."""

from django.http import HttpRequest, HttpResponse, JsonResponse

HTML, JSON = "text/html", "application/json"


def wants_json(request: HttpRequest) -> bool:
    """Whether the request is from a script of the page, which shows the answer itself."""
    return request.get_preferred_type([HTML, JSON]) == JSON


def problem(status: int, code: str, sentence: str) -> HttpResponse:
    """An error in the JSON format of RFC 9457, "Problem Details"."""
    content = {"title": sentence, "status": status, "code": code}
    return JsonResponse(content, status=status, content_type="application/problem+json")
