from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from recognizer.checking.queue import CLAIM, answer, asked_of, claim_next, may_answer, postpone
from recognizer.checking.verified_text import Said, unverify, verify
from recognizer.models import Batch, BatchItem, BatchSource, Check, Owner, Upload
from tests.makers import make_upload_row, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return make_user("ada")


@pytest.fixture
def bob() -> User:
    return make_user("bob")


@pytest.fixture
def batch(ada: User) -> Batch:
    """A batch with three doubtful pictures, the surest first, and one that was surely read."""
    batch = Batch.objects.create(user=ada, name="Meters")
    source = BatchSource.objects.create(batch=batch, number=0, sha256="", byte_size=1)
    for position, (state, text) in enumerate(
        [("doubtful", "41"), ("doubtful", "42"), ("doubtful", "43"), ("read", "44")]
    ):
        BatchItem.objects.create(
            batch=batch,
            source=source,
            position=position,
            state=state,
            upload=make_upload_row(Owner(user=ada), state=state, text=text, confidence=0.6),
            asked="doubtful" if state == "doubtful" else "",
            ask_order=position,
        )
    return batch


def positions(batch: Batch, user: User) -> list[int]:
    return [item.position for item in asked_of(batch, user)]


def asked(batch: Batch, user: User) -> BatchItem:
    item = claim_next(batch, user)
    assert item
    return item


def upload_of(item: BatchItem) -> Upload:
    assert item.upload_id
    return Upload.objects.get(pk=item.upload_id)


def test_who_checks_is_asked_about_what_is_doubtful(batch: Batch, ada: User) -> None:
    assert positions(batch, ada) == [0, 1, 2]


def test_what_one_person_sees_nobody_else_is_asked_about(
    batch: Batch, ada: User, bob: User
) -> None:
    assert asked(batch, ada).position == 0
    assert asked(batch, bob).position == 1
    assert positions(batch, ada) == [0, 2]


def test_a_claim_ends(batch: Batch, ada: User, bob: User) -> None:
    item = asked(batch, ada)
    assert not may_answer(item, bob)
    with time_machine.travel(timezone.now() + CLAIM + timedelta(seconds=1)):
        assert asked(batch, bob) == item
        item.refresh_from_db()
        assert not may_answer(item, ada)


def test_what_is_postponed_comes_last(batch: Batch, ada: User) -> None:
    postpone(asked(batch, ada))
    assert positions(batch, ada) == [1, 2, 0]


def test_the_picture_behind_one_is_asked_about_next(batch: Batch, ada: User) -> None:
    first = asked(batch, ada)
    second = claim_next(batch, ada, after=first)
    assert second
    assert second.position == 1
    third = claim_next(batch, ada, after=second)
    assert third
    assert claim_next(batch, ada, after=third) == first


def test_an_answer_is_the_verified_text(batch: Batch, ada: User) -> None:
    item = asked(batch, ada)
    check = answer(item, Said("41", asked=Check.Asked.DOUBTFUL, seconds=1.5), by=ada)
    upload = upload_of(item)
    assert (upload.verified_text, upload.verified_by) == ("41", ada)
    assert (check.how, check.was_right, check.confidence) == ("confirmed", True, 0.6)
    assert positions(batch, ada) == [1, 2]


def test_a_correction_is_typed(batch: Batch, ada: User) -> None:
    check = answer(asked(batch, ada), Said("47"), by=ada)
    assert (check.how, check.was_right) == ("typed", False)


@pytest.mark.parametrize("verdict", [Upload.Verdict.UNREADABLE, Upload.Verdict.NOT_ASKED])
def test_a_person_may_say_that_there_is_no_text(
    batch: Batch, ada: User, verdict: Upload.Verdict
) -> None:
    item = asked(batch, ada)
    answer(item, Said("", verdict), by=ada)
    upload = upload_of(item)
    assert (upload.verified_text, upload.verdict) == ("", verdict)


def test_what_is_no_longer_verified_is_asked_about_again(batch: Batch, ada: User) -> None:
    item = asked(batch, ada)
    answer(item, Said("41"), by=ada)
    unverify(upload_of(item))
    assert 0 in positions(batch, ada)
    assert upload_of(item).checks.count() == 1


def test_a_picture_that_its_owner_checked_on_its_own_page_is_not_asked_about(
    batch: Batch, ada: User
) -> None:
    verify(upload_of(asked(batch, ada)), "41", by=Owner(user=ada))
    assert positions(batch, ada) == [1, 2]


class TestDoubleKeying:
    @pytest.fixture(autouse=True)
    def _double(self, batch: Batch) -> None:
        Batch.objects.update(double_keying=True)
        batch.refresh_from_db()

    def say(self, batch: Batch, user: User, text: str) -> BatchItem:
        """Let a user answer the first picture."""
        item = asked_of(batch, user).get(position=0)
        answer(item, Said(text, asked=Check.Asked(item.asked)), by=user)
        item.refresh_from_db()
        return item

    def test_one_person_is_not_enough(self, batch: Batch, ada: User, bob: User) -> None:
        item = self.say(batch, ada, "41")
        assert upload_of(item).verified_text is None
        assert 0 not in positions(batch, ada)
        assert positions(batch, bob)[0] == 0

    def test_two_who_say_the_same_are_enough(self, batch: Batch, ada: User, bob: User) -> None:
        self.say(batch, ada, "47")
        assert upload_of(self.say(batch, bob, "47")).verified_text == "47"

    def test_a_third_person_decides(self, batch: Batch, ada: User, bob: User) -> None:
        self.say(batch, ada, "41")
        item = self.say(batch, bob, "47")
        assert (item.asked, upload_of(item).verified_text) == ("third", None)
        assert 0 not in positions(batch, bob)
        item = self.say(batch, make_user("eve"), "47")
        assert (item.asked, upload_of(item).verified_text) == ("", "47")
        assert upload_of(item).checks.count() == 3
