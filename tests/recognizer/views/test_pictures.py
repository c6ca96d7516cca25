import hashlib
from typing import Any

import pytest
from django.test import Client

from recognizer.models import Upload
from tests.makers import decoded, digits_png, make_upload, photo_jpeg
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db

VARIANTS = ["picture", "thumbnail"]


def fetch(client: Client, upload: Upload, variant: str, **headers: str) -> tuple[Any, bytes]:
    """The response and its body, read to the end: only then is the file closed."""
    response: Any = client.get(f"/uploads/{upload.pk}/{variant}", headers=headers)
    return response, b"".join(response) if response.streaming else response.content


def test_the_stored_picture_comes_whole(client: Client) -> None:
    upload = given(client)
    response, body = fetch(client, upload, "picture")
    assert response["Content-Type"] == "image/png"
    assert hashlib.sha256(body).hexdigest() == upload.file_sha256


def test_a_photo_comes_as_jpeg(client: Client) -> None:
    upload = given(client, photo_jpeg())
    response, _ = fetch(client, upload, "picture")
    assert response["Content-Type"] == "image/jpeg"


def test_a_thumbnail_fits_into_its_square(client: Client) -> None:
    upload = given(client, digits_png("0123456789", scale=4))
    _, body = fetch(client, upload, "thumbnail")
    assert max(decoded(body).size) == 240


@pytest.mark.parametrize("variant", VARIANTS)
def test_nobody_else_gets_it(client: Client, variant: str) -> None:
    response, _ = fetch(client, make_upload(), variant)
    assert response.status_code == 404


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_can_do_nothing_in_a_browser(client: Client, variant: str) -> None:
    response, _ = fetch(client, given(client), variant)
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_browser_keeps_a_copy(client: Client, variant: str) -> None:
    response, _ = fetch(client, given(client), variant)
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_client_cannot_ask_a_proxy_for_another_file(client: Client, variant: str) -> None:
    response, body = fetch(client, given(client), variant, x_accel_redirect="/etc/passwd")
    assert "X-Accel-Redirect" not in response
    assert decoded(body).size


def test_the_name_of_a_saved_picture_is_ours(client: Client) -> None:
    upload = given(client)
    response, _ = fetch(client, upload, "picture")
    assert response["Content-Disposition"] == f'inline; filename="{upload.pk}.png"'


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_file_that_is_gone_is_not_found(client: Client, variant: str) -> None:
    upload = given(client)
    upload.file.storage.delete(str(upload.file.name))
    response, _ = fetch(client, upload, variant)
    assert response.status_code == 404
