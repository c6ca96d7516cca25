"""Answers to what can't be taken for a batch, to scripts and to people."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from recognizer.monitoring import events
from recognizer.monitoring.log_filters import route_of
from recognizer.refusals import Refusal
from recognizer.storage.protocol import StorageUnavailable
from recognizer.views.problems import problem, wants_json
from recognizer.views.upload import RETRY_AFTER_S, STORAGE_UNAVAILABLE

# The page to be shown with a status, to whom a sentence in JSON would say nothing.
Page = Callable[[int, str], HttpResponse]


def refused(
    request: HttpRequest, refusal: Refusal | StorageUnavailable, page: Page
) -> HttpResponse:
    """Log a refusal, and answer with JSON or with a page that says why."""
    if isinstance(refusal, Refusal):
        status, sentence, retry_after_s = refusal.status, str(refusal), refusal.retry_after_s
    else:
        status, sentence, retry_after_s = 503, str(STORAGE_UNAVAILABLE), RETRY_AFTER_S
    response = told(request, status, refusal.code, sentence, page)
    if retry_after_s is not None:
        response["Retry-After"] = str(retry_after_s)
    return response


def told(request: HttpRequest, status: int, code: str, sentence: str, page: Page) -> HttpResponse:
    events.upload_refused(code, route_of(request), events.declared_bytes(request))
    if wants_json(request):
        return problem(status, code, sentence)
    return page(status, sentence)
