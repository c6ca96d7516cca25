import logging

from django.http import HttpRequest, HttpResponse

from recognizer.monitoring.request_id import WithRequestId, current_request_id, name_requests


def test_every_answer_names_its_request() -> None:
    seen = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(current_request_id())
        return HttpResponse()

    answers = [name_requests(view)(HttpRequest())["X-Request-ID"] for _ in range(2)]
    assert answers == seen
    assert len(set(answers)) == 2
    assert current_request_id() == "-"


def test_a_line_of_the_log_names_it_too() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        record = logging.LogRecord("digitrec", logging.INFO, "", 1, "read", None, None)
        assert WithRequestId().filter(record)
        return HttpResponse(record.request_id)  # type: ignore[attr-defined]

    response = name_requests(view)(HttpRequest())
    assert isinstance(response, HttpResponse)
    assert response.content.decode() == response["X-Request-ID"]
