"""Writing beside the text that was not read, wherever it can be met."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client

from recognizer.models import Owner, Prediction, Upload
from tests.makers import digits_png, make_admin, make_upload_row
from tests.recognizer.readers import let_it_see
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db

BOX = [7, 8, 30, 40]


@pytest.fixture
def upload(owner: Owner) -> Upload:
    seen = {"reason": "more_writing", "passed_over": [BOX]}
    return make_upload_row(owner, state="doubtful", read=seen)


def test_the_page_says_so_and_marks_the_place(client: Client, upload: Upload) -> None:
    page = client.get(upload.get_absolute_url()).content.decode()
    assert "There is more writing here than was read" in page
    assert 'aria-label="Writing that was not read"' in page
    assert '<rect class="mark-box" x="7" y="8" width="30" height="40">' in page


def test_a_text_without_it_has_no_such_mark(client: Client, owner: Owner) -> None:
    upload = make_upload_row(owner, state="doubtful")
    page = client.get(upload.get_absolute_url()).content.decode()
    assert "passed-over" not in page
    assert "more writing" not in page


def test_a_reading_keeps_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    let_it_see(monkeypatch, passed_over=((7, 8, 30, 40),), state="doubtful")
    upload = given(client, digits_png("42"))
    answer = client.get(f"{upload.get_absolute_url()}json").json()
    assert (answer["state"], answer["reason"], answer["text"]) == ("doubtful", "more_writing", "42")
    assert answer["passed_over"] == [BOX]
    assert "cut short" in answer["explanation"]


def test_the_command_gives_text_and_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_it_see(monkeypatch, passed_over=((7, 8, 30, 40),), state="doubtful")
    (tmp_path / "two.png").write_bytes(digits_png("42"))
    out = StringIO()
    call_command("recognize", str(tmp_path / "two.png"), stdout=out)
    assert ": 42  " in out.getvalue()
    assert "doubtful  (There is more writing in this picture" in out.getvalue()
    out = StringIO()
    call_command("recognize", str(tmp_path / "two.png"), "--json", stdout=out)
    assert json.loads(out.getvalue())["passed_over"] == [BOX]


def test_the_administration_shows_the_reason(upload: Upload) -> None:
    admin = Client()
    admin.force_login(make_admin())
    page = admin.get(f"/admin/recognizer/upload/{upload.pk}/change/").content.decode()
    assert "may be cut short" in page


def test_a_text_with_it_is_never_sure(owner: Owner) -> None:
    with pytest.raises(IntegrityError, match="prediction_reason_fits_state"):
        make_upload_row(owner, state="read", read={"reason": "more_writing"})


def test_a_row_of_the_version_before_has_none(upload: Upload) -> None:
    prediction = Prediction.objects.get(upload=upload)
    Prediction.objects.filter(pk=prediction.pk).update(reason="", passed_over=[])
    prediction.refresh_from_db()
    assert prediction.passed_over == []
