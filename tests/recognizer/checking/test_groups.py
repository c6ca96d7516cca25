"""Digits that were read as the same are checked on one sheet; texts follow from them."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from recognizer.checking.groups import (
    GROUP_CLAIM,
    NO_DIGIT,
    claim_group,
    counts,
    held_by_others,
    sheet,
    take_sheet,
    waiting_digits,
)
from recognizer.checking.queue import claim_next
from recognizer.checking.verified_text import verify
from recognizer.models import (
    Batch,
    BatchItem,
    Check,
    DigitCheck,
    DigitPrediction,
    KnownAnswer,
    Owner,
    Prediction,
)
from tests.makers import make_user
from tests.recognizer.checking.asked import make_asked, make_asked_batch, upload_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return make_user("ada")


@pytest.fixture
def bob() -> User:
    return make_user("bob")


@pytest.fixture
def batch(ada: User) -> Batch:
    return make_asked_batch(ada, "41", "14", "11")


def confirm(batch: Batch, value: int, user: User, **said: str) -> None:
    """Confirm all digits of a value, but those that are named by their ids."""
    digits = waiting_digits(batch, user).filter(value=value)
    take_sheet(batch, value, {d.pk: said.get(f"d{d.pk}", "") for d in digits}, by=user)


def texts(batch: Batch) -> list[str | None]:
    return [upload_of(item).verified_text for item in batch.items.order_by("position")]


def test_every_digit_that_is_asked_about_waits_in_its_group(batch: Batch, ada: User) -> None:
    assert counts(batch, ada) == dict.fromkeys(range(10), 0) | {1: 4, 4: 2}


def test_the_doubtful_come_first(batch: Batch, ada: User) -> None:
    doubtful = DigitPrediction.objects.filter(value=1).order_by("-pk")[0]
    DigitPrediction.objects.filter(pk=doubtful.pk).update(confidence=0.3)
    assert sheet(batch, 1, ada)[0] == doubtful


def test_a_text_is_accepted_once_all_of_its_digits_are(batch: Batch, ada: User) -> None:
    confirm(batch, 1, ada)
    assert texts(batch) == [None, None, "11"]
    confirm(batch, 4, ada)
    assert texts(batch) == ["41", "14", "11"]
    assert set(Check.objects.values_list("how", flat=True)) == {Check.How.GROUP}
    assert not batch.items.exclude(asked="").exists()


def test_two_people_may_confirm_one_text(batch: Batch, ada: User, bob: User) -> None:
    confirm(batch, 1, ada)
    confirm(batch, 4, bob)
    assert texts(batch) == ["41", "14", "11"]
    assert upload_of(batch.items.get(position=0)).verified_by == bob


def test_a_digit_that_is_another_one_is_in_the_text(batch: Batch, ada: User) -> None:
    Prediction.objects.filter(text="41").update(written="4.1")
    odd = DigitPrediction.objects.get(prediction__text="41", value=1)
    confirm(batch, 1, ada, **{f"d{odd.pk}": "7"})
    confirm(batch, 4, ada)
    assert texts(batch) == ["47", "14", "11"]
    assert upload_of(batch.items.get(position=0)).verified_written == "4.7"
    assert Check.objects.get(written="4.7").was_right is False


def test_where_there_is_no_digit_the_picture_is_checked_whole(batch: Batch, ada: User) -> None:
    odd = DigitPrediction.objects.get(prediction__text="41", value=1)
    confirm(batch, 1, ada, **{f"d{odd.pk}": NO_DIGIT})
    confirm(batch, 4, ada)
    assert texts(batch) == [None, "14", "11"]
    assert counts(batch, ada) == dict.fromkeys(range(10), 0)
    assert batch.items.get(position=0).asked == BatchItem.Asked.DOUBTFUL


def test_a_sheet_that_comes_twice_counts_once(batch: Batch, ada: User) -> None:
    digits = {digit.pk: "" for digit in sheet(batch, 1, ada)}
    for _ in range(2):
        take_sheet(batch, 1, digits, by=ada)
    assert DigitCheck.objects.count() == 4
    assert Check.objects.count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": "more_writing"},
        {"passed_over": [[1, 2, 3, 4]]},
        {"unmet": "too_short"},
        {"value": "17", "value_text": "17"},
    ],
)
def test_what_may_be_more_than_its_digits_is_checked_whole(
    batch: Batch, ada: User, changed: dict[str, object]
) -> None:
    Prediction.objects.filter(text="41").update(**changed)
    assert counts(batch, ada)[4] == 1


def test_two_people_who_type_blind_confirm_no_digits(batch: Batch, ada: User) -> None:
    Batch.objects.update(double_keying=True)
    batch.refresh_from_db()
    assert not sheet(batch, 1, ada)


def test_what_somebody_else_looks_at_whole_is_on_no_sheet(
    batch: Batch, ada: User, bob: User
) -> None:
    claim_next(batch, bob)
    assert counts(batch, ada)[4] == 1
    assert counts(batch, bob)[4] == 2


def test_two_people_do_not_get_the_same_sheet(batch: Batch, ada: User, bob: User) -> None:
    assert claim_group(batch, 1, ada)
    assert claim_group(batch, 1, ada)
    assert not claim_group(batch, 1, bob)
    assert claim_group(batch, 4, bob)
    assert held_by_others(batch, bob) == {1}
    with time_machine.travel(timezone.now() + GROUP_CLAIM + timedelta(seconds=1)):
        assert claim_group(batch, 1, bob)


class TestKnownAnswers:
    @pytest.fixture(autouse=True)
    def _known(self, batch: Batch, ada: User) -> None:
        """A picture whose text a person verified: its sevens are no ones."""
        (item,) = make_asked(batch, "77")
        verify(upload_of(item), "77", by=Owner(user=ada))

    def known(self, batch: Batch, user: User) -> DigitPrediction:
        (digit,) = (digit for digit in sheet(batch, 1, user) if digit.value != 1)
        return digit

    def test_one_is_mixed_in(self, batch: Batch, ada: User) -> None:
        assert self.known(batch, ada).value == 7

    @pytest.mark.parametrize(("said", "was_right"), [("7", True), ("", False), ("1", False)])
    def test_it_measures_who_looks(
        self, batch: Batch, bob: User, said: str, was_right: bool
    ) -> None:
        known = self.known(batch, bob)
        digits = {digit.pk: "" for digit in sheet(batch, 1, bob) if digit.value == 1}
        for _ in range(2):
            noted = take_sheet(batch, 1, digits | {known.pk: said}, by=bob)
        answer = KnownAnswer.objects.get()
        assert (answer.user, answer.shown_as, answer.truth) == (bob, 1, 7)
        assert answer.was_right is was_right
        assert noted.known == 0
        assert not DigitCheck.objects.filter(digit=known).exists()

    def test_what_a_person_corrected_is_no_known_answer(self, batch: Batch, ada: User) -> None:
        verify(upload_of(batch.items.get(position=3_000_000)), "17", by=Owner(user=ada))
        assert [digit.value for digit in sheet(batch, 1, ada)] == [1] * 4


def test_what_was_read_without_a_doubt_is_a_known_answer(batch: Batch, ada: User) -> None:
    (item,) = make_asked(batch, "77")
    BatchItem.objects.filter(pk=item.pk).update(asked="", state="read")
    Prediction.objects.filter(text="77").update(state="read", confidence=0.999)
    assert len(sheet(batch, 1, ada)) == 4
    DigitPrediction.objects.filter(value=7).update(confidence=0.9999)
    assert len(sheet(batch, 1, ada)) == 5


def test_digits_of_other_batches_are_not_noted(batch: Batch, ada: User, bob: User) -> None:
    foreign = waiting_digits(make_asked_batch(bob, "11"), bob)
    take_sheet(batch, 1, {digit.pk: "" for digit in foreign}, by=ada)
    assert not DigitCheck.objects.exists()
