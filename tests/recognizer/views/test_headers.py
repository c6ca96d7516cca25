"""The headers of every answer, whatever is requested and whoever requests it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from digitrec.urls import urlpatterns as real_patterns
from tests.faults.report import report
from tests.makers import make_admin
from tests.recognizer.everybody import ROLES, Cast, routes
from tests.recognizer.views.visitors import give, given

pytestmark = pytest.mark.django_db

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FORBIDDEN_FEATURES = ("camera=()", "microphone=()", "geolocation=()")


def broken(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("broken/", broken), *real_patterns]


def faults_of(answer: Any) -> list[str]:
    """What an answer lacks that every answer must have."""
    wrong = [name for name, value in EVERYWHERE.items() if answer.get(name) != value]
    policy = answer.get("Content-Security-Policy", "")
    if "frame-ancestors 'none'" not in policy and "sandbox" not in policy:
        wrong.append("Content-Security-Policy")
    if "unsafe" in policy or "default-src" not in policy:
        wrong.append(f"Content-Security-Policy: {policy}")
    features = answer.get("Permissions-Policy", "")
    wrong += [feature for feature in FORBIDDEN_FEATURES if feature not in features]
    return wrong + [name for name in ("Server", "X-Powered-By") if name in answer]


def of_every_route(cast: Cast) -> Iterator[tuple[str, Any]]:
    """Every route, as it answers everybody and as it refuses a method."""
    for route in routes():
        for role in ROLES:
            yield f"{route.name} as {role}", cast.ask(role, "GET", route.path(cast.uploads["user"]))
        yield f"{route.name} by PUT", cast.ask("admin", "PUT", route.path(cast.uploads["user"]))


def of_refusals(settings: Settings) -> Iterator[tuple[str, Any]]:
    """Answers that come from elsewhere than the views."""
    client = Client(raise_request_exception=False)
    settings.UPLOADS_PER_MINUTE = 2
    yield "404", client.get("/nothing")
    yield "400, host", client.get("/", headers={"host": "evil.example"})
    yield "403, forged", Client(enforce_csrf_checks=True).post("/")
    yield "413", client.post("/", b"x", content_type="image/png", CONTENT_LENGTH=str(2**30))
    yield "422", give(client, b"\x89PNG\r\n\x1a\n")
    for number in range(3):
        yield f"upload {number}", give(client)
    for number in range(6):
        guess = {"username": "ada", "password": str(number)}
        yield f"guess {number}", client.post("/admin/login/", guess)
    yield "500", client.get("/broken/")


@pytest.mark.urls(__name__)
def test_every_answer_has_its_headers(cast: Cast, settings: Settings) -> None:
    answers = [*of_every_route(cast), *of_refusals(settings)]
    wrong = [f"{what}: {faults}" for what, answer in answers if (faults := faults_of(answer))]
    report("S6", routes=len(list(routes())), answers=len(answers), wrong=len(wrong))
    assert {400, 403, 404, 405, 413, 422, 429, 500} <= {answer.status_code for _, answer in answers}
    assert not wrong


def test_a_missing_header_would_be_noticed() -> None:
    assert faults_of(HttpResponse())


def test_every_change_needs_a_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_admin("root"))
    for route in routes():
        if route.name == "recognizer:set_language":
            continue  # which changes nothing but a cookie that says the language
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = client.generic(method, route.path(cast.uploads["user"]))
            assert answer.status_code == 403, route
            assert "Please send it again" in answer.content.decode()


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://localhost:81"])
def test_a_form_from_elsewhere_is_refused(origin: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/")
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post("/", token).status_code == 400
    assert client.post("/", token, headers={"origin": origin}).status_code == 403


def test_a_form_without_a_referrer_is_refused_over_https() -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/", secure=True)
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post("/", token, secure=True).status_code == 403


def test_a_link_signs_nobody_out(client: Client) -> None:
    client.force_login(make_admin())
    assert client.get("/admin/logout/").status_code == 405
    assert client.get("/admin/").status_code == 200


def test_a_host_that_a_header_names_is_not_believed(client: Client) -> None:
    answer = client.get("/about", headers={"x-forwarded-host": "evil.example"})
    assert answer["Location"] == "/about/"
    page = client.get("/admin/login/", headers={"x-forwarded-host": "evil.example"})
    assert "evil.example" not in page.content.decode()


def test_no_script_can_read_the_cookies(client: Client) -> None:
    given(client)
    client.get("/")
    assert all(client.cookies[name]["httponly"] for name in ("sessionid", "csrftoken"))
