"""Forms that are cut off on the way to the real server are tested in tests/hostile."""

from io import BytesIO
from typing import Any

import pytest
from django.http.multipartparser import MultiPartParserError
from django.test import Client
from pytest_django import Settings

from recognizer.middleware import whole_body
from recognizer.models import Upload
from tests.hostile.pictures import PNG
from tests.hostile.raw_http import FORM, field, file, form

pytestmark = pytest.mark.django_db
WHOLE = form(field("source", b"camera"), file(PNG))


def post(client: Client, body: bytes, **extra: Any) -> int:
    return client.generic("POST", "/", body, FORM, **extra).status_code


def test_a_whole_form_is_taken_with_all_its_fields(client: Client) -> None:
    assert post(client, WHOLE) == 302
    assert Upload.objects.get().source == Upload.Source.CAMERA


def test_a_picture_as_large_as_allowed_is_taken(client: Client, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = settings.FILE_UPLOAD_MAX_MEMORY_SIZE = len(PNG)
    assert post(client, WHOLE) == 302


def test_what_follows_the_end_is_left_out(client: Client) -> None:
    assert post(client, WHOLE + b"\r\n\r\n") == 302


def test_a_form_without_its_end_is_refused(client: Client) -> None:
    assert post(client, WHOLE[:-4]) == 400
    assert not Upload.objects.exists()


def test_a_form_shorter_than_it_says_is_refused(client: Client) -> None:
    broken_off = {"wsgi.input": BytesIO(WHOLE), "CONTENT_LENGTH": str(len(WHOLE) + 10)}
    assert post(client, WHOLE, **broken_off) == 400
    assert not Upload.objects.exists()


def test_a_form_that_drips_in_is_not_waited_for(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_body, "MAX_SECONDS", -1)
    assert post(client, WHOLE) == 400


def body_after(seconds: float, megabytes: int) -> whole_body._Watched:
    """A body of which so much has come after so long."""
    body = whole_body._Watched(BytesIO(bytes(30 << 20)), keep=10)
    body.read(megabytes << 20)
    body._started -= seconds
    return body


def test_who_sends_more_may_take_longer() -> None:
    assert body_after(150, 13).read(1)
    assert body_after(119, 0).read(1)


@pytest.mark.parametrize(("seconds", "megabytes"), [(121, 10), (150, 12), (3600, 30)])
def test_who_sends_more_may_not_drip(seconds: float, megabytes: int) -> None:
    with pytest.raises(MultiPartParserError, match="too long"):
        body_after(seconds, megabytes).read(1)
