"""Checking field by field, without a script."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from mlmodel.rules.field_rule import FieldRule, Length
from recognizer.checking.people import invite
from recognizer.checking.queue import CLAIM
from recognizer.models import Batch, BatchItem, Check, Owner, SavedRule, Upload
from tests.makers import make_batch, make_item, make_upload, make_upload_row, make_user
from tests.recognizer.checking.asked import make_asked_batch, upload_of

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}


@pytest.fixture
def batch(owner: Owner) -> Batch:
    """A batch of the user whom the client is signed in as."""
    assert owner.user
    return make_asked_batch(owner.user, "41", "42")


@pytest.fixture
def bob(batch: Batch) -> Client:
    """Somebody whom the owner invited."""
    return signed_in("bob", batch)


def signed_in(name: str, batch: Batch) -> Client:
    client = Client()
    client.force_login(make_user(name))
    invite(batch, name)
    return client


def address(batch: Batch, rest: str = "") -> str:
    return f"/batches/{batch.pk}/check/{rest}"


def page_of(client: Client, batch: Batch) -> str:
    return client.get(address(batch)).content.decode()


def shown(client: Client, batch: Batch) -> BatchItem:
    """The picture that somebody is asked about."""
    item: BatchItem = client.get(address(batch)).context["asked"].item
    return item


def say(client: Client, item: BatchItem, say: str = "confirm", **fields: Any) -> Any:
    values = {"position": item.position, "say": say, "text": "41"} | fields
    return client.post(address(item.batch), values)


def test_the_text_that_was_read_is_proposed(client: Client, batch: Batch) -> None:
    page = page_of(client, batch)
    assert 'value="41"' in page
    assert ">0.png<" in page


def test_an_answer_leads_to_the_next_picture(client: Client, batch: Batch) -> None:
    first = shown(client, batch)
    assert say(client, first, text="4.7", seconds="2.5")["Location"] == address(batch)
    assert upload_of(first).verified_written == "4.7"
    assert Check.objects.get().seconds == 2.5
    assert shown(client, batch) != first


@pytest.mark.parametrize("seconds", ["", "-3", "nan", "1e99", "no number"])
def test_a_time_that_cannot_be_is_not_noted(client: Client, batch: Batch, seconds: str) -> None:
    say(client, shown(client, batch), seconds=seconds)
    assert Check.objects.get().seconds is None


def test_without_a_script_the_time_is_the_server_s(client: Client, batch: Batch) -> None:
    item = shown(client, batch)
    say(client, item, shown=str(timezone.now().timestamp() - 5))
    assert 5 <= (Check.objects.get().seconds or 0) < 30


@pytest.mark.parametrize("verdict", ["unreadable", "not_asked"])
def test_there_may_be_no_text(client: Client, batch: Batch, verdict: str) -> None:
    item = shown(client, batch)
    say(client, item, verdict)
    assert (upload_of(item).verified_text, upload_of(item).verdict) == ("", verdict)


def test_an_empty_text_is_not_confirmed_by_a_slip(client: Client, batch: Batch) -> None:
    item = shown(client, batch)
    response = say(client, item, text="")
    assert response.status_code == 400
    assert "say with a button why there is nothing to type" in response.content.decode()
    say(client, item, "nothing", text="")
    assert (upload_of(item).verified_text, upload_of(item).verdict) == ("", "text")


def test_where_nothing_was_found_an_empty_text_is_confirmed(client: Client, owner: Owner) -> None:
    assert owner.user
    batch = make_batch(owner.user)
    make_item(batch, 0, make_upload_row(owner, state="nothing"))
    say(client, shown(client, batch), text="")
    assert Upload.objects.get().verified_text == ""


def test_what_is_no_text_comes_back(client: Client, batch: Batch) -> None:
    item = shown(client, batch)
    response = say(client, item, text="4x")
    assert response.status_code == 400
    assert response.context["asked"].item == item
    assert 'value="4x"' in response.content.decode()


def test_what_is_put_off_comes_last(client: Client, batch: Batch) -> None:
    first = shown(client, batch)
    say(client, first, "later")
    assert not Check.objects.exists()
    second = shown(client, batch)
    assert second != first
    say(client, second)
    assert shown(client, batch) == first


def test_two_people_see_two_pictures(client: Client, batch: Batch, bob: Client) -> None:
    assert shown(client, batch) != shown(bob, batch)
    page = page_of(signed_in("eve", batch), batch)
    assert "What is left is with others just now." in page


def test_who_answers_too_late_is_told_so(client: Client, batch: Batch, bob: Client) -> None:
    item = shown(client, batch)
    with time_machine.travel(timezone.now() + CLAIM + timedelta(seconds=1)):
        assert shown(bob, batch) == item
        page = client.post(address(batch), {"position": item.position, "text": "41"}, follow=True)
    assert "this picture is with somebody else now" in page.content.decode()
    assert upload_of(item).verified_text is None


def test_a_script_is_told_the_same(client: Client, batch: Batch, bob: Client) -> None:
    item = shown(bob, batch)
    fields = {"position": item.position, "text": "41"}
    response = client.post(address(batch), fields, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (409, "somebody_else_has_it")


def test_double_keying_shows_nothing_of_what_was_read(client: Client, batch: Batch) -> None:
    Batch.objects.update(double_keying=True)
    page = page_of(client, batch)
    assert "What does it say?" in page
    assert 'value="41"' not in page
    assert "asked-box" not in page
    assert ">0.png<" not in page


def test_two_people_type_and_a_third_decides(client: Client, batch: Batch, bob: Client) -> None:
    Batch.objects.update(double_keying=True)
    item = shown(client, batch)
    say(client, item, text="41")
    assert shown(bob, batch) == item
    say(bob, item, text="47")
    assert upload_of(item).verified_text is None
    eve = signed_in("eve", batch)
    assert "yours decides" in page_of(eve, batch)
    say(eve, item, text="47")
    assert upload_of(item).verified_text == "47"


def test_what_the_rule_changed_is_shown_beside_it(client: Client, owner: Owner) -> None:
    assert owner.user
    changed = {"value": "2024", "value_text": "2024", "value_confidence": 0.6}
    upload = make_upload_row(owner, state="doubtful", text="2021", read=changed)
    batch = make_batch(owner.user)
    make_item(batch, 0, upload)
    page = page_of(client, batch)
    assert "Read as <strong>2021</strong>; the rule made this of it." in page
    assert 'value="2024"' in page


class TestUnderARule:
    @pytest.fixture
    def ruled(self, owner: Owner) -> Batch:
        """A batch in which every text has three digits, and one was read with two."""
        assert owner.user
        definition = FieldRule(length=Length(least=3, most=3)).to_data()
        rule = SavedRule.objects.create(user=owner.user, definition=definition)
        batch = make_batch(owner.user, rule=rule)
        unmet = make_upload_row(owner, state="doubtful", text="41", read={"unmet": "too_short"})
        make_item(batch, 0, unmet, asked="doubtful")
        return batch

    def test_it_says_why_what_was_read_is_not_enough(self, client: Client, ruled: Batch) -> None:
        assert "It has too few digits." in page_of(client, ruled)

    def test_what_breaks_the_rule_is_kept_if_it_is_confirmed_twice(
        self, client: Client, ruled: Batch
    ) -> None:
        item = shown(client, ruled)
        response = say(client, item, text="47")
        assert response.status_code == 400
        assert "It has too few digits. Confirm once more" in response.content.decode()
        assert 'name="keep" value="47"' in response.content.decode()
        assert say(client, item, text="48", keep="47").status_code == 400
        say(client, item, text="47", keep="47")
        assert upload_of(item).verified_text == "47"

    def test_what_satisfies_the_rule_is_taken_at_once(self, client: Client, ruled: Batch) -> None:
        item = shown(client, ruled)
        say(client, item, text="417")
        assert upload_of(item).verified_text == "417"

    def test_other_buttons_ask_for_no_rule(self, client: Client, ruled: Batch) -> None:
        item = shown(client, ruled)
        say(client, item, "unreadable", text="4")
        assert upload_of(item).verdict == "unreadable"

    @pytest.mark.parametrize(("text", "is_wrong"), [("47", True), ("417", False), ("", False)])
    def test_a_script_asks_before_it_goes_on(
        self, client: Client, ruled: Batch, text: str, is_wrong: bool
    ) -> None:
        answer = client.get(address(ruled, "pictures/0/rule"), {"text": text}).json()
        assert bool(answer["why"]) == is_wrong


def test_a_page_fetches_the_next_pictures_ahead(client: Client, batch: Batch) -> None:
    first = shown(client, batch)
    found = client.get(address(batch, f"next?held={first.position}&most=2")).json()
    (card,) = found["cards"]
    assert card["position"] != first.position
    assert 'value="42"' in card["html"]
    assert "0 of 2 checked" in found["progress"]


def test_keeping_pictures_claims_no_others(client: Client, batch: Batch, bob: Client) -> None:
    item = shown(client, batch)
    later = timezone.now() + CLAIM - timedelta(seconds=1)
    with time_machine.travel(later):
        assert client.get(address(batch, f"next?held={item.position}&most=0")).json()["cards"] == []
    with time_machine.travel(later + timedelta(seconds=10)):
        assert shown(bob, batch) != item


@pytest.mark.parametrize("query", ["held=x&most=y", "held=99999999999999999999", "most=1000"])
def test_what_no_page_asks_for_does_no_harm(client: Client, batch: Batch, query: str) -> None:
    assert client.get(address(batch, f"next?{query}")).status_code == 200


def test_a_checker_sees_the_pictures_of_the_batch_alone(owner: Owner) -> None:
    assert owner.user
    batch, other = make_batch(owner.user), make_batch(owner.user)
    for one in (batch, other):
        make_item(one, 0, make_upload(owner), asked="doubtful")
    bob = signed_in("bob", batch)
    picture = bob.get(address(batch, "pictures/0"))
    assert picture.getvalue()[:4] == b"\x89PNG"
    assert bob.get(address(batch, "pictures/1")).status_code == 404
    assert bob.get(address(other, "pictures/0")).status_code == 404
    upload = upload_of(BatchItem.objects.get(batch=batch))
    for path in ("", "picture", "thumbnail", "json", "delete/"):
        assert bob.get(f"{upload.get_absolute_url()}{path}").status_code == 404


def test_who_is_signed_out_is_told_in_json(batch: Batch) -> None:
    response = Client().post(address(batch), {"position": 0}, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (401, "signed_out")


def test_a_page_asks_the_database_as_often_for_many_pictures(
    client: Client, owner: Owner, django_assert_max_num_queries: Any
) -> None:
    assert owner.user
    batch = make_asked_batch(owner.user, *(str(number) for number in range(10, 30)))
    with django_assert_max_num_queries(20):
        client.get(address(batch))


def test_without_anything_to_check_the_page_says_so(client: Client, owner: Owner) -> None:
    assert owner.user
    page = page_of(client, make_batch(owner.user))
    assert "No picture of this batch has to be checked." in page


def test_the_last_answer_ends_it(client: Client, batch: Batch, owner: Owner) -> None:
    assert isinstance(owner.user, User)
    for _ in range(2):
        say(client, shown(client, batch))
    assert "Every picture that had to be checked is checked." in page_of(client, batch)
    assert "2 of 2 checked" in page_of(client, batch)
