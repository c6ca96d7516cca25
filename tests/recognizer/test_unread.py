"""A picture that is stored and not read yet, wherever it can be met."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from recognizer.accounts.own_data import archive
from recognizer.history.export import export
from recognizer.models import Owner, Upload
from recognizer.upkeep.sweep import sweep
from recognizer.uploads.storing import Given, take_in
from tests.makers import digits_png, make_admin, make_upload_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(owner: Owner) -> Upload:
    return take_in(Given(digits_png("42"), "file", original_name="meter.png"), owner)


def test_its_page_says_so_and_lets_it_be_read_now(client: Client, upload: Upload) -> None:
    page = client.get(upload.get_absolute_url()).content.decode()
    assert "Your picture is stored, and has not been read yet." in page
    assert "Read now" in page
    client.post(f"/uploads/{upload.pk}/read-again/")
    assert '<span class="answer-line">42</span>' in (
        client.get(upload.get_absolute_url()).content.decode()
    )


def test_the_history_shows_and_finds_it(client: Client, owner: Owner, upload: Upload) -> None:
    make_upload_row(owner, text="17")
    assert "Not read yet" in client.get("/uploads/").content.decode()
    found = client.get("/uploads/", {"state": "unread"}).content.decode()
    assert upload.get_absolute_url() in found
    assert "17" not in found.partition("<main")[2].partition("</main>")[0].split()


def test_what_was_given_up_is_found_as_failed(client: Client, owner: Owner) -> None:
    upload = make_upload_row(owner, stored=None, given_up=timezone.now())
    upload.predictions.all().delete()
    found = client.get("/uploads/", {"state": "failed"}).content.decode()
    assert upload.get_absolute_url() in found


def test_programs_are_told(client: Client, upload: Upload) -> None:
    answer = client.get(f"/uploads/{upload.pk}/json").json()
    assert (answer["state"], answer["text"], answer["confidence"]) == ("unread", "", None)


def test_an_export_has_it(upload: Upload) -> None:
    (row,) = json.loads(b"".join(export([upload], "json")))
    assert (row["file"], row["state"], row["text"]) == ("meter.png", "unread", "")


def test_one_s_own_data_has_it(owner: Owner, upload: Upload) -> None:
    packed = zipfile.ZipFile(io.BytesIO(b"".join(archive(owner))))
    (described,) = json.loads(packed.read("data.json"))["uploads"]
    assert (described["state"], described["predictions"]) == ("unread", [])
    assert described["picture"] in packed.namelist()


def test_the_administration_shows_and_finds_it(upload: Upload) -> None:
    admin = Client()
    admin.force_login(make_admin())
    make_upload_row(text="17", original_name="read.png")
    address = "/admin/recognizer/upload/"
    assert "Not read yet" in admin.get(address).content.decode()
    found = admin.get(address, {"current_prediction__isempty": "1"}).content.decode()
    assert "meter.png" in found
    assert "read.png" not in found


def test_a_sweep_reads_it_after_a_while(upload: Upload, media: Path) -> None:
    assert sweep(apply=True).read == 0
    Upload.objects.update(created=F("created") - timedelta(minutes=11))
    assert sweep(apply=False).read == 1
    assert Upload.objects.unread().exists()
    assert sweep(apply=True).read == 1
    assert Upload.objects.with_current_prediction().get().state == "read"
    assert sweep(apply=True).read == 0


def test_a_sweep_goes_on_where_its_file_is_gone(upload: Upload, media: Path) -> None:
    upload.file.storage.delete(str(upload.file.name))
    Upload.objects.update(created=F("created") - timedelta(minutes=11))
    found = sweep(apply=True)
    assert (found.read, found.missing) == (0, 1)


def test_what_is_being_stored_is_called_so_in_the_administration() -> None:
    admin, pending = Client(), make_upload_row(stored=None)
    admin.force_login(make_admin())
    pending.predictions.all().delete()
    assert "Being stored" in admin.get("/admin/recognizer/upload/").content.decode()
