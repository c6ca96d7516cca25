import pytest
from django.db import DataError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from digitrec.urls import urlpatterns as real_patterns
from recognizer.views.server_error import server_error

pytestmark = pytest.mark.django_db


def broken(_request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def away(_request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection to server at 10.1.2.3 failed")


def odd(_request: HttpRequest) -> HttpResponse:
    raise DataError("a NUL")


handler500 = server_error
urlpatterns = [
    path("broken/", broken),
    path("away/", away),
    path("odd/", odd),
    *real_patterns,
]


def test_an_unknown_address_is_said_in_words(client: Client) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


@pytest.mark.urls(__name__)
def test_a_fault_of_ours_is_said_in_words() -> None:
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert "It is our fault, not yours." in response.content.decode()


@pytest.mark.urls(__name__)
def test_a_fault_is_told_with_the_number_that_the_log_has() -> None:
    response = Client(raise_request_exception=False).get("/broken/")
    assert response["X-Request-ID"] in response.content.decode()


@pytest.mark.urls(__name__)
def test_a_database_that_is_away_is_an_outage_and_no_fault() -> None:
    response = Client(raise_request_exception=False).get("/away/")
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    page = response.content.decode()
    assert "The database does not answer." in page
    assert "10.1.2.3" not in page


@pytest.mark.urls(__name__)
def test_what_the_database_can_t_take_is_the_asker_s_fault() -> None:
    assert Client(raise_request_exception=False).get("/odd/").status_code == 400


@pytest.mark.parametrize("path", ["/", "/uploads/", "/about/"])
def test_a_session_that_can_t_be_read_is_an_outage_too(path: str) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32

    def refuse(*_args: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(refuse):
        assert client.get(path).status_code in ({503} if path == "/uploads/" else {200, 503})


def test_a_foreign_host_is_refused(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("page", ["/", "/about/", "/uploads/", "/nothing"])
def test_no_page_runs_inline_scripts_or_loads_from_elsewhere(client: Client, page: str) -> None:
    response = client.get(page)
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "//" not in response.content.decode().replace("http://www.w3.org/2000/svg", "")
