import logging
from typing import Any

import pytest
from django.test import Client

from recognizer.monitoring import events
from tests.recognizer.views.visitors import give

pytestmark = pytest.mark.django_db

AS_JSON = {"accept": "application/json"}
# What a form may be sent to: pages, and what scripts send pictures to.
ADDRESSES = ["/", "/uploads/selection/", "/accounts/log-in/", "/my-data/delete/"]


@pytest.fixture
def strict() -> Client:
    client = Client(enforce_csrf_checks=True)
    client.get("/")
    return client


def token_of(client: Client) -> str:
    return client.cookies["csrftoken"].value


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Our own, and not what Django says of the same request."""
    records = [record for record in caplog.records if record.name == events.__name__]
    return [record.getMessage() for record in records if record.levelno == logging.WARNING]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("token", ["", "a" * 32, "short"], ids=["none", "stale", "broken"])
def test_a_script_is_told_in_json_what_to_do(strict: Client, address: str, token: str) -> None:
    answer = strict.post(address, {"csrfmiddlewaretoken": token}, headers=AS_JSON)
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (403, "stale_token")
    assert "Reload the page and send it again." in problem["title"]
    assert "allow cookies for this address" in problem["title"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_people_are_told_on_a_page(strict: Client, address: str) -> None:
    answer = strict.post(address, headers={"accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 403
    assert "Please send it again" in answer.content.decode()


def test_a_browser_without_cookies_is_told_the_same(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/", {"csrfmiddlewaretoken": "a" * 64}, headers=AS_JSON)
    assert answer.json()["code"] == "stale_token"


def refused_for_its_origin(strict: Client, **headers: str) -> Any:
    sent = {"csrfmiddlewaretoken": token_of(strict)}
    return strict.post("/", sent, headers=headers, secure="referer" in headers)


def test_a_foreign_origin_is_answered_as_it_was_asked(strict: Client) -> None:
    page = refused_for_its_origin(strict, origin="https://digits.example")
    assert page.status_code == 403
    assert "ask whoever runs the server" in page.content.decode()
    assert page["X-Request-ID"] in page.content.decode()
    assert "cookies" not in page.content.decode()
    asked = refused_for_its_origin(strict, origin="https://digits.example", **AS_JSON)
    assert asked.json()["code"] == "unknown_origin"
    assert "ask whoever runs the server" in asked.json()["title"]


@pytest.mark.parametrize(
    ("headers", "told", "advice"),
    [
        ({"origin": "http://digits.example"}, "'http://digits.example'", "CSRF_TRUSTED_ORIGINS"),
        ({"origin": "http://testserver:81"}, "'http://testserver:81'", "CSRF_TRUSTED_ORIGINS"),
        ({"origin": "https://testserver"}, "'https://testserver'", "HTTPS=1"),
        ({"origin": "null"}, "'null'", "Referrer-Policy"),
        (
            {"referer": "https://ada:secret@digits.example:8443/uploads/?text=42"},
            "'https://digits.example:8443'",
            "CSRF_TRUSTED_ORIGINS",
        ),
    ],
)
def test_the_log_names_the_origin_and_the_setting(
    strict: Client,
    caplog: pytest.LogCaptureFixture,
    headers: dict[str, str],
    told: str,
    advice: str,
) -> None:
    refused_for_its_origin(strict, **headers)
    (line,) = warnings_in(caplog)
    assert f"origin {told} refused at" in line
    assert advice in line
    assert "secret" not in line
    assert "text=42" not in line


def test_a_trusted_origin_is_let_in(strict: Client, settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["http://digits.example"]
    answer = refused_for_its_origin(strict, origin="http://digits.example")
    assert answer.status_code == 400  # no picture


@pytest.mark.parametrize("referer", ["http://[", "https://", "nonsense", ""])
def test_an_odd_referer_beside_a_foreign_origin_is_no_fault(strict: Client, referer: str) -> None:
    sent = {"csrfmiddlewaretoken": token_of(strict)}
    headers = {"origin": "http://digits.example", "referer": referer}
    assert strict.post("/", sent, headers=headers).status_code == 403


def test_what_a_stranger_sends_makes_no_second_line(
    strict: Client, caplog: pytest.LogCaptureFixture
) -> None:
    refused_for_its_origin(strict, origin="http://a\nERROR forged: é" + "x" * 5000)
    (line,) = warnings_in(caplog)
    assert "\n" not in line
    assert len(line) < 800


def test_a_picture_with_its_token_is_taken(strict: Client) -> None:
    answer = give(strict, csrfmiddlewaretoken=token_of(strict))
    assert answer.status_code == 302
