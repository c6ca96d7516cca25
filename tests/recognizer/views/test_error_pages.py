import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from digitrec.urls import urlpatterns as real_patterns

pytestmark = pytest.mark.django_db


def broken(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [path("broken/", broken), *real_patterns]


def test_an_unknown_address_is_said_in_words(client: Client) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


@pytest.mark.urls(__name__)
def test_a_fault_of_ours_is_said_in_words() -> None:
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert "It is our fault, not yours." in response.content.decode()


def test_a_foreign_host_is_refused(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("page", ["/", "/about/", "/uploads/", "/nothing"])
def test_no_page_runs_inline_scripts_or_loads_from_elsewhere(client: Client, page: str) -> None:
    response = client.get(page)
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "//" not in response.content.decode().replace("http://www.w3.org/2000/svg", "")
