from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.makers import digits_png
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


def test_a_length_that_is_no_number_passes_on(client: Client) -> None:
    assert client.get("/", CONTENT_LENGTH="many").status_code == 200


def test_a_body_in_chunks_says_no_length(client: Client) -> None:
    response = client.post("/", {}, headers={"Transfer-Encoding": "chunked"})
    assert response.status_code == 411
    assert "without saying how long it is" in response.content.decode()
