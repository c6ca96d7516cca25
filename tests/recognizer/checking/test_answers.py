"""Answers come twice, late, or to say it otherwise, and each counts once."""

import pytest
from django.contrib.auth.models import User

from recognizer.checking.answers import NotAskedAnyMore, SomebodyElseHasIt, put_off, take_answer
from recognizer.checking.queue import asked_of, claim_more, claim_next
from recognizer.checking.verified_text import Said, verify
from recognizer.models import Batch, BatchItem, Check, Owner
from tests.makers import make_user
from tests.recognizer.checking.asked import make_asked_batch, upload_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return make_user("ada")


@pytest.fixture
def bob() -> User:
    return make_user("bob")


@pytest.fixture
def batch(ada: User) -> Batch:
    return make_asked_batch(ada, "41", "42", "43")


def claimed(batch: Batch, user: User) -> BatchItem:
    item = claim_next(batch, user)
    assert item
    return item


def test_an_answer_says_why_it_was_asked(batch: Batch, ada: User) -> None:
    check = take_answer(claimed(batch, ada), Said("41"), by=ada)
    assert check.asked == Check.Asked.DOUBTFUL


def test_what_comes_twice_is_taken_once(batch: Batch, ada: User) -> None:
    item = claimed(batch, ada)
    checks = [take_answer(item, Said("41", key="one"), by=ada) for _ in range(2)]
    assert checks[0] == checks[1]
    assert Check.objects.count() == 1


def test_the_keys_of_two_people_may_be_the_same(batch: Batch, ada: User, bob: User) -> None:
    take_answer(claimed(batch, ada), Said("41", key="one"), by=ada)
    take_answer(claimed(batch, bob), Said("42", key="one"), by=bob)
    assert Check.objects.count() == 2


def test_what_others_look_at_cannot_be_answered(batch: Batch, ada: User, bob: User) -> None:
    item = claimed(batch, ada)
    with pytest.raises(SomebodyElseHasIt):
        take_answer(item, Said("41"), by=bob)


def test_what_others_answered_cannot_be_answered(batch: Batch, ada: User, bob: User) -> None:
    item = claimed(batch, ada)
    take_answer(item, Said("41"), by=ada)
    with pytest.raises(NotAskedAnyMore):
        take_answer(item, Said("47"), by=bob)
    assert upload_of(item).verified_text == "41"


def test_who_answered_last_may_say_it_otherwise(batch: Batch, ada: User) -> None:
    item = claimed(batch, ada)
    take_answer(item, Said("41", key="one"), by=ada)
    take_answer(item, Said("47", key="two"), by=ada)
    assert upload_of(item).verified_text == "47"
    assert item not in asked_of(batch, ada)


def test_what_the_owner_said_on_the_picture_s_page_stands(
    batch: Batch, ada: User, bob: User
) -> None:
    item = claimed(batch, bob)
    take_answer(item, Said("41"), by=bob)
    verify(upload_of(item), "48", by=Owner(user=ada))
    with pytest.raises(NotAskedAnyMore):
        take_answer(item, Said("47"), by=bob)


class TestDoubleKeying:
    @pytest.fixture(autouse=True)
    def _double(self, batch: Batch) -> None:
        Batch.objects.update(double_keying=True)
        batch.refresh_from_db()

    def say(self, batch: Batch, user: User, text: str) -> BatchItem:
        item = batch.items.get(position=0)
        take_answer(item, Said(text), by=user)
        item.refresh_from_db()
        return item

    def test_the_first_may_correct_a_slip_before_the_second_types(
        self, batch: Batch, ada: User, bob: User
    ) -> None:
        self.say(batch, ada, "14")
        assert self.say(batch, ada, "41").asked == "second"
        assert upload_of(self.say(batch, bob, "41")).verified_text == "41"

    def test_the_second_may_correct_a_slip_and_decides_nothing_alone(
        self, batch: Batch, ada: User, bob: User
    ) -> None:
        self.say(batch, ada, "41")
        assert self.say(batch, bob, "14").asked == "third"
        item = self.say(batch, bob, "47")
        assert (item.asked, upload_of(item).verified_text) == ("third", None)
        assert upload_of(self.say(batch, bob, "41")).verified_text == "41"

    def test_the_first_says_nothing_more_once_the_second_has_typed(
        self, batch: Batch, ada: User, bob: User
    ) -> None:
        self.say(batch, ada, "41")
        self.say(batch, bob, "14")
        with pytest.raises(NotAskedAnyMore):
            self.say(batch, ada, "14")


def test_a_page_gets_pictures_beside_those_that_it_has(batch: Batch, ada: User, bob: User) -> None:
    first = claimed(batch, ada)
    more = claim_more(batch, ada, [first.position], 2)
    assert [item.position for item in (first, *more)] == [
        item.position for item in batch.items.all()
    ]
    assert claim_more(batch, bob, [], 3) == []


def test_what_somebody_else_has_cannot_be_put_off(batch: Batch, ada: User, bob: User) -> None:
    item = claimed(batch, ada)
    put_off(item, by=bob)
    assert claim_next(batch, ada) == item
    put_off(item, by=ada)
    assert claim_next(batch, ada) != item
