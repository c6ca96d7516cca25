"""The pages on which digits are checked in groups, without a script."""

from typing import Any

import pytest
from django.test import Client

from recognizer.checking.groups import claim_group
from recognizer.models import Batch, DigitCheck, Owner
from tests.makers import decoded, make_batch, make_item, make_upload, make_user
from tests.recognizer.checking.asked import make_asked_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(owner: Owner) -> Batch:
    assert owner.user
    return make_asked_batch(owner.user, "41", "11")


def address(batch: Batch, rest: str = "") -> str:
    return f"/batches/{batch.pk}/check/groups/{rest}"


def fields(response: Any) -> dict[str, str]:
    return {f"digit-{one.digit.pk}": "" for one in response.context["shown"]}


def test_the_groups_say_how_many_digits_wait(client: Client, batch: Batch) -> None:
    page = client.get(address(batch)).content.decode()
    assert "3 digits" in page
    assert "1 digit\n" in page or "1 digit<" in page


def test_a_sheet_is_confirmed(client: Client, batch: Batch) -> None:
    response = client.get(address(batch, "1/"))
    page = client.post(address(batch, "1/"), fields(response), follow=True).content.decode()
    assert "3 digits are noted, 0 of them as others or as none." in page
    assert DigitCheck.objects.count() == 3


@pytest.mark.parametrize("typed", ["7", " 7 ", "\N{ARABIC-INDIC DIGIT SEVEN}"])
def test_an_odd_one_is_typed(client: Client, batch: Batch, typed: str) -> None:
    sent = fields(client.get(address(batch, "4/")))
    client.post(address(batch, "4/"), dict.fromkeys(sent, typed))
    assert DigitCheck.objects.get().value == 7


def test_what_is_no_digit_comes_back(client: Client, batch: Batch) -> None:
    sent = dict.fromkeys(fields(client.get(address(batch, "4/"))), "x")
    response = client.post(address(batch, "4/"), sent)
    assert response.status_code == 400
    assert "Type one digit where it is another one" in response.content.decode()
    assert 'value="x"' in response.content.decode()
    assert not DigitCheck.objects.exists()


def test_a_group_that_somebody_else_has_is_not_given(client: Client, batch: Batch) -> None:
    claim_group(batch, 1, make_user("bob"))
    page = client.get(address(batch, "1/"), follow=True).content.decode()
    assert "Somebody else has these digits before them." in page
    assert "with somebody else" in page


def test_there_are_ten_groups(client: Client, batch: Batch) -> None:
    assert client.get(address(batch, "10/")).status_code == 404
    assert "No 9 is left to check in groups" in client.get(address(batch, "9/")).content.decode()


def test_a_digit_is_shown_as_it_was_written(client: Client, owner: Owner) -> None:
    assert owner.user
    batch = make_batch(owner.user)
    make_item(batch, 0, make_upload(owner), asked="doubtful")
    response = client.get(f"/batches/{batch.pk}/check/pictures/0/digits/0")
    assert response["Content-Type"] == "image/jpeg"
    assert decoded(response.content).height == 112
    assert client.get(f"/batches/{batch.pk}/check/pictures/0/digits/9").status_code == 404


def test_known_answers_are_announced(client: Client, batch: Batch) -> None:
    assert "known answers" not in client.get(address(batch, "4/")).content.decode()
    upload = batch.items.get(position=1_000_000).upload
    assert upload
    client.post(f"/uploads/{upload.pk}/check/", {"text": "11"})
    assert "known answers" in client.get(address(batch, "4/")).content.decode()
