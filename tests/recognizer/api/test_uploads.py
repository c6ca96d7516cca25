import pytest
from django.test import Client

from tests.makers import digits_png, letter_png, make_upload
from tests.recognizer.readers import let_it_see
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db


def test_a_program_gets_what_was_read(client: Client) -> None:
    upload = given(client, digits_png("42"))
    answer = client.get(f"{upload.get_absolute_url()}json").json()
    assert (answer["id"], answer["text"], answer["verified_text"]) == (str(upload.pk), "42", None)
    assert 0 < answer["confidence"] <= 1
    assert [digit["value"] for digit in answer["digits"]] == [4, 2]
    assert len(answer["digits"][0]["box"]) == 4
    assert answer["possibilities"][0]["text"] == "42"


def test_a_refusal_is_an_answer_too(client: Client) -> None:
    upload = given(client, letter_png())
    answer = client.get(f"{upload.get_absolute_url()}json").json()
    assert (answer["state"], answer["text"], answer["confidence"]) == ("not_digits", "", None)


def test_a_program_gets_what_is_written(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    let_it_see(monkeypatch, written="-4.2", written_confidence=0.75)
    upload = given(client, digits_png("42"))
    answer = client.get(f"{upload.get_absolute_url()}json").json()
    assert (answer["text"], answer["written"]) == ("42", "-4.2")
    assert answer["written_confidence"] == 0.75


def test_somebody_elses_is_not_found(client: Client) -> None:
    assert client.get(f"{make_upload().get_absolute_url()}json").status_code == 404
