import errno
import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from recognizer.models import Upload
from recognizer.storage.disk import DurableFileStorage
from tests.faults.storages import FullStorage, use_storage
from tests.makers import blank_png, digits_png, encoded, lose_the_model, make_user, photo_jpeg
from tests.recognizer.views.visitors import give, given

pytestmark = pytest.mark.django_db


def test_the_start_page_offers_a_form_and_sets_no_visitor(client: Client) -> None:
    response = client.get("/")
    assert 'enctype="multipart/form-data"' in response.content.decode()
    assert "sessionid" not in response.cookies


def test_a_picture_leads_to_its_result(client: Client) -> None:
    response = give(client, digits_png("42"))
    page = client.get(response["Location"]).content.decode()
    assert '<span class="answer-line">42</span>' in page


def test_a_phone_photo_is_read_upright(client: Client) -> None:
    upload = given(client, photo_jpeg("42", orientation=6))
    assert upload.current_prediction
    assert upload.current_prediction.text == "42"


def test_a_blank_picture_is_kept_and_has_nothing_to_read(client: Client) -> None:
    response = give(client, blank_png())
    assert "No writing found" in client.get(response["Location"]).content.decode()


def test_the_camera_is_remembered_as_the_source(client: Client) -> None:
    assert given(client, source="camera").source == Upload.Source.CAMERA


def test_a_source_that_no_page_offers_is_refused(client: Client) -> None:
    assert give(client, source="batch").status_code == 400
    assert not Upload.objects.exists()


def test_a_signed_in_user_owns_the_upload(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    assert given(client).user == user


def test_a_name_with_markup_is_shown_as_text(client: Client) -> None:
    response = client.get(give(client, name="<b>7.png")["Location"])
    assert "&lt;b&gt;7.png" in response.content.decode()


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        (b"just some words", 415, "This is not a picture that can be read here."),
        (b"%PDF-1.7 ...", 415, "This is a PDF, not a picture."),
        (b"", 400, "This file is empty"),
        (digits_png()[:300], 422, "This picture is damaged or incomplete."),
        (blank_png(4, 4), 422, "This picture is too small"),
    ],
)
def test_a_wrong_file_brings_the_form_back_with_a_sentence(
    client: Client, data: bytes, status: int, sentence: str
) -> None:
    response = give(client, data)
    assert response.status_code == status
    page = response.content.decode()
    assert sentence in page
    assert 'enctype="multipart/form-data"' in page
    assert not Upload.objects.exists()


def test_a_file_that_is_too_large_is_refused(client: Client, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    response = give(client, encoded(_noise(), "PNG"))
    assert response.status_code == 413
    assert "This file is larger than" in response.content.decode()


def test_a_form_without_a_file_says_what_to_do(client: Client) -> None:
    response = client.post("/", {"source": "file"})
    assert response.status_code == 400
    assert "Choose a picture first." in response.content.decode()


def test_two_files_at_once_are_refused(client: Client) -> None:
    two = [SimpleUploadedFile(f"{name}.png", digits_png()) for name in "ab"]
    response = client.post("/", {"picture": two})
    assert response.status_code == 400
    assert "Send one picture at a time." in response.content.decode()


def test_a_body_that_is_no_form_is_refused(client: Client) -> None:
    response = client.post("/", b'{"picture": 1}', content_type="application/json")
    assert response.status_code == 415


def test_a_form_without_its_token_is_refused_with_advice() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = give(strict)
    assert response.status_code == 403
    assert "Please send it again" in response.content.decode()


def test_a_full_disk_is_said_and_nothing_is_kept(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_options: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(DurableFileStorage, "save", full)
    response = give(client)
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "could not be stored" in response.content.decode()
    assert not Upload.objects.exists()


def test_a_model_that_is_missing_keeps_the_picture(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    lose_the_model(settings, tmp_path)
    page = client.get(give(client)["Location"]).content.decode()
    assert "The reading failed, and your picture is kept." in page
    assert "The model could not be loaded." in page


def test_other_methods_are_refused(client: Client) -> None:
    assert client.put("/").status_code == 405


def _noise() -> Image.Image:
    return Image.effect_noise((100, 100), 80)


def test_a_form_that_is_sent_twice_is_one_upload(client: Client) -> None:
    key = str(uuid4())
    first, second = (give(client, digits_png("42"), key=key) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Upload.objects.count() == 1


def test_a_form_that_a_new_visitor_sends_twice_at_once_is_one_upload() -> None:
    key = str(uuid4())
    first, second = (give(Client(), digits_png("42"), key=key) for _ in range(2))
    assert first["Location"] == second["Location"]


def test_the_same_form_with_another_picture_is_another_upload(client: Client) -> None:
    key = str(uuid4())
    first, second = (give(client, digits_png(text), key=key) for text in ("4", "7"))
    assert first["Location"] != second["Location"]
    assert Upload.objects.count() == 2


def test_every_page_has_a_key_of_its_own(client: Client) -> None:
    keys = {
        re.search(r'name="key"\s+value="([^"]+)"', client.get("/").content.decode())[1]  # type: ignore[index]
        for _ in range(2)
    }
    assert len(keys) == 2


@pytest.mark.parametrize("key", ["x", "\0", "9" * 10_000, "\N{GRINNING FACE}"])
def test_a_key_that_no_page_made_is_refused(client: Client, key: str) -> None:
    assert give(client, key=key).status_code == 400
    assert not Upload.objects.exists()


def test_a_drawing_is_rendered_read_and_kept(client: Client) -> None:
    stroke = {"width": 8, "points": [[30, 60], [60, 20], [60, 130]]}
    strokes = json.dumps({"width": 300, "height": 150, "strokes": [stroke]})
    response = client.post("/", {"strokes": strokes, "source": "draw"})
    assert response.status_code == 302
    upload = Upload.objects.get()
    assert upload.source == "draw"
    assert upload.strokes == json.loads(strokes)
    assert (upload.width, upload.height) == (600, 300)
    assert upload.current_prediction
    assert upload.current_prediction.text == "1"


def test_a_broken_drawing_is_refused_in_place(client: Client) -> None:
    response = client.post("/", {"strokes": "{", "source": "draw"})
    assert response.status_code == 400
    assert "did not arrive whole" in response.content.decode()


def give_by_script(client: Client, data: bytes, **headers: str) -> Any:
    picture = SimpleUploadedFile("digits.png", data)
    return client.post("/", {"picture": picture}, headers={"accept": "application/json"})


def test_a_script_is_told_what_was_read(client: Client) -> None:
    response = give_by_script(client, digits_png("42|17"))
    assert response.status_code == 201
    answer = response.json()
    assert (answer["text"], answer["url"]) == ("42 17", response["Location"])
    assert client.get(answer["url"]).status_code == 200


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"text", 415, "unsupported_type"),
        (digits_png()[:99], 422, "image_damaged"),
        (b"", 400, "empty_file"),
    ],
)
def test_a_script_is_told_why_not(client: Client, data: bytes, status: int, code: str) -> None:
    response = give_by_script(client, data)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code
    assert response.json()["title"].endswith(".")


def test_a_script_is_told_that_the_storage_is_away(client: Client, settings: Settings) -> None:
    use_storage(settings, FullStorage)
    response = give_by_script(client, digits_png())
    assert (response.status_code, response.json()["code"]) == (503, "storage_unavailable")
    assert response["Retry-After"]


def test_a_browser_is_shown_pages() -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
    response = Client(headers={"accept": accept}).post("/", {"picture": ""})
    assert response["Content-Type"].startswith("text/html")


def test_only_the_part_that_was_chosen_is_kept(client: Client) -> None:
    upload = given(client, blank_png(200, 100), turn="1", crop="0,0.5,1,1")
    assert (upload.width, upload.height) == (100, 100)


def test_back_on_the_page_the_same_file_can_be_cropped_otherwise(client: Client) -> None:
    key = str(uuid4())
    first = given(client, blank_png(200, 100), key=key)
    second = given(client, blank_png(200, 100), key=key, crop="0,0,0.5,1")
    assert (first.width, second.width) == (200, 100)


def test_a_crop_that_is_none_is_explained(client: Client) -> None:
    response = give(client, crop="1,2,3")
    assert response.status_code == 400
    assert "choose the part again" in response.content.decode()
