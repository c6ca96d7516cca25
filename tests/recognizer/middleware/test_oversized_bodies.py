from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from recognizer.models import Batch, Owner
from tests.makers import digits_png, make_batch
from tests.recognizer.views.visitors import give

pytestmark = pytest.mark.django_db


class Unread:
    """A body that must not be read."""

    def read(self, *_args: object) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def test_a_body_that_declares_too_much_is_refused_unread(settings: Settings) -> None:
    length = str(settings.MAX_UPLOAD_BYTES + 2**20)
    extra: dict[str, Any] = {"wsgi.input": Unread(), "CONTENT_LENGTH": length}
    # As in a server, where looking for the form's CSRF token reads the body.
    response = Client(enforce_csrf_checks=True).generic(
        "POST", "/", b"", "multipart/form-data; boundary=x", **extra
    )
    assert response.status_code == 413
    assert "This file is larger than 10 MB." in response.content.decode()


def test_the_form_that_comes_back_works(settings: Settings) -> None:
    strict = Client(enforce_csrf_checks=True)
    length = str(settings.MAX_UPLOAD_BYTES + 2**20)
    refused = strict.generic("POST", "/", b"", content_type="x/y", CONTENT_LENGTH=length)
    token = refused.context["csrf_token"]
    assert give(strict, digits_png(), csrfmiddlewaretoken=str(token)).status_code == 302


def sent(client: Client, path: str, megabytes: int, **headers: str) -> Any:
    """The answer to a body of this declared length, which must not be read."""
    extra: dict[str, Any] = {
        "wsgi.input": Unread(),
        "CONTENT_LENGTH": str(megabytes << 20),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    return client.generic("POST", path, b"", **extra | headers)


@pytest.fixture
def batch(owner: Owner) -> Batch:
    assert owner.user
    return make_batch(owner.user)


def test_a_form_with_a_whole_batch_may_be_as_large_as_one(client: Client, batch: Batch) -> None:
    for path in ("/batches/new/", f"/batches/{batch.pk}/files/"):
        with pytest.raises(AssertionError, match="the body was read"):
            sent(client, path, 2000)
        response = sent(client, path, 2003)
        assert response.status_code == 422
        assert "Make another batch for the rest." in response.content.decode()


def test_a_script_may_send_one_file_of_a_batch(client: Client, batch: Batch) -> None:
    path, script = f"/batches/{batch.pk}/files/", {"HTTP_ACCEPT": "application/json"}
    with pytest.raises(AssertionError, match="the body was read"):
        sent(client, path, 200, **script)
    answer = sent(client, path, 203, **script)
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert "200 MB" in answer.json()["title"]


def test_who_has_no_account_sends_no_batch(client: Client) -> None:
    assert sent(client, "/batches/new/", 11).status_code == 413


@pytest.mark.parametrize("path", ["/", "/batches/", "/uploads/selection/", "/nothing/"])
def test_nothing_else_may_be_so_large(client: Client, owner: Owner, path: str) -> None:
    assert sent(client, path, 11).status_code == 413


def test_a_length_that_is_no_number_passes_on(client: Client) -> None:
    assert client.get("/", CONTENT_LENGTH="many").status_code == 200


def test_a_body_in_chunks_says_no_length(client: Client) -> None:
    response = client.post("/", {}, headers={"Transfer-Encoding": "chunked"})
    assert response.status_code == 411
    assert "without saying how long it is" in response.content.decode()
