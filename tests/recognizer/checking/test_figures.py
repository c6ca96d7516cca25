"""The figures of those who check: pace, known answers, agreement."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recognizer.checking.answers import take_answer
from recognizer.checking.figures import Figures, agreement_of, figures_of
from recognizer.checking.groups import take_sheet, waiting_digits
from recognizer.checking.people import invite
from recognizer.checking.verified_text import Said
from recognizer.models import Batch, KnownAnswer
from tests.makers import make_user
from tests.recognizer.checking.asked import make_asked_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return make_user("ada")


@pytest.fixture
def bob() -> User:
    return make_user("bob")


@pytest.fixture
def batch(ada: User) -> Batch:
    return make_asked_batch(ada, "41", "42", "43", "44")


def say(batch: Batch, number: int, user: User, text: str, seconds: float | None = 2.0) -> None:
    item = batch.items.get(position=number * 1_000_000)
    take_answer(item, Said(text, seconds=seconds), by=user)


def of(batch: Batch, user: User) -> Figures:
    (figures,) = (one for one in figures_of(batch) if one.user == user)
    return figures


def test_the_owner_and_the_invited_have_a_row(batch: Batch, ada: User, bob: User) -> None:
    invite(batch, "bob")
    assert [one.user for one in figures_of(batch)] == [ada, bob]


def test_who_was_removed_keeps_a_row(batch: Batch, bob: User) -> None:
    say(batch, 0, bob, "41")
    assert of(batch, bob).checks == 1


def test_the_pace_leaves_out_breaks(batch: Batch, bob: User) -> None:
    for number, seconds in enumerate((1.0, 2.0, 3600.0)):
        say(batch, number, bob, "41", seconds)
    assert of(batch, bob).per_hour == round(3 * 3600 / (1 + 2 + 120))


def test_a_few_answers_are_no_pace(batch: Batch, bob: User) -> None:
    say(batch, 0, bob, "41")
    assert of(batch, bob).per_hour is None


def test_digits_and_known_answers_are_counted(batch: Batch, bob: User) -> None:
    fours = waiting_digits(batch, bob).filter(value=4)
    take_sheet(batch, 4, {digit.pk: "" for digit in fours}, by=bob)
    for was_right in (True, True, False):
        KnownAnswer.objects.create(batch=batch, user=bob, shown_as=4, truth=1, was_right=was_right)
    figures = of(batch, bob)
    assert (figures.digits, figures.known.count, figures.known.of) == (5, 2, 3)
    # "44" is whole: but nobody looked at its picture.
    assert figures.checks == 0


def test_two_who_type_blind_agree_or_do_not(batch: Batch, ada: User, bob: User) -> None:
    Batch.objects.update(double_keying=True)
    for number, (first, second) in enumerate([("41", "41"), ("42", "47"), ("43", "43")]):
        say(batch, number, ada, first)
        say(batch, number, bob, second)
    say(batch, 1, make_user("eve"), "47")
    say(batch, 3, ada, "44")
    agreement = agreement_of(batch)
    assert (agreement.count, agreement.of) == (2, 3)
    assert (of(batch, bob).agreed.count, of(batch, bob).agreed.of) == (2, 3)


def test_a_slip_that_was_corrected_is_no_disagreement(batch: Batch, ada: User, bob: User) -> None:
    Batch.objects.update(double_keying=True)
    say(batch, 0, ada, "14")
    say(batch, 0, ada, "41")
    say(batch, 0, bob, "41")
    assert agreement_of(batch).share == 1.0


def test_the_owner_s_page_shows_them(batch: Batch, ada: User, bob: User) -> None:
    Batch.objects.update(double_keying=True)
    say(batch, 0, ada, "41")
    say(batch, 0, bob, "41")
    client = Client()
    client.force_login(ada)
    page = client.get(f"/batches/{batch.pk}/check/people/").content.decode()
    assert "both typed the same in 1 (over 99 %)" in page
    assert "<bdi>bob</bdi>" in page
