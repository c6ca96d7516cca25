"""Letters where no digit was read, wherever they can be met."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from recognizer.models import Owner, Upload
from tests.makers import letter_png, make_admin, make_upload_row
from tests.recognizer.readers import let_it_see
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db

SAID = "This looks like letters, not digits."


@pytest.fixture
def upload(owner: Owner) -> Upload:
    return make_upload_row(owner, state="not_digits", read={"reason": "letters"})


def recognized(folder: Path, *arguments: str) -> str:
    """What the command prints of a picture with a letter, without the file's name."""
    (folder / "letter.png").write_bytes(letter_png())
    out = StringIO()
    call_command("recognize", str(folder / "letter.png"), *arguments, stdout=out)
    return out.getvalue().removeprefix(f"{folder / 'letter.png'}: ")


def test_its_page_names_them_with_advice(client: Client, upload: Upload) -> None:
    page = client.get(upload.get_absolute_url()).content.decode()
    assert SAID in page
    assert "Crop the picture" in page
    assert "Something is here" not in page
    assert "crossed out" not in page


@pytest.mark.parametrize("query", ["", "?view=table"])
def test_the_history_names_them(client: Client, upload: Upload, query: str) -> None:
    assert SAID in client.get(f"/uploads/{query}").content.decode()


@pytest.mark.parametrize("query", ["", "?view=table"])
def test_a_page_of_print_is_told_as_such(client: Client, owner: Owner, query: str) -> None:
    upload = make_upload_row(owner, state="not_digits", read={"reason": "printed"})
    told = "This looks like a page of print."
    assert told in client.get(f"/uploads/{query}").content.decode()
    page = client.get(upload.get_absolute_url()).content.decode()
    assert told in page
    assert SAID not in page
    assert "crossed out" not in page


def test_print_is_kept_as_the_reason(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    let_it_see(monkeypatch, letters=False, printed=True)
    upload = given(client, letter_png())
    answer = client.get(f"{upload.get_absolute_url()}json").json()
    assert (answer["state"], answer["reason"]) == ("not_digits", "printed")


@pytest.mark.parametrize("query", ["", "?view=table"])
def test_the_history_names_nothing_else_so(client: Client, owner: Owner, query: str) -> None:
    make_upload_row(owner, state="not_digits")
    assert SAID not in client.get(f"/uploads/{query}").content.decode()


def test_programs_get_a_name_and_a_sentence(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_it_see(monkeypatch, letters=True)
    upload = given(client, letter_png())
    answer = client.get(f"{upload.get_absolute_url()}json").json()
    assert (answer["state"], answer["reason"]) == ("not_digits", "letters")
    assert answer["explanation"].startswith(SAID)


def test_the_command_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_it_see(monkeypatch, letters=True)
    assert recognized(tmp_path).startswith(SAID)


@pytest.mark.parametrize("arguments", [(), ("--save",)])
def test_for_the_command_they_are_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    make_admin()
    let_it_see(monkeypatch, letters=True)
    answer = json.loads(recognized(tmp_path, "--json", *arguments))
    assert (answer["state"], answer["text"]) == ("not_digits", "")
    assert answer["reason"].startswith(SAID)


def test_the_administration_names_them(upload: Upload) -> None:
    admin = Client()
    admin.force_login(make_admin())
    assert SAID in admin.get(f"/admin/recognizer/upload/{upload.pk}/change/").content.decode()
