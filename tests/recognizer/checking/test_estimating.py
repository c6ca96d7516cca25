import pytest
from django.contrib.auth.models import User
from django_q.models import OrmQ

from recognizer.checking.due import ask_for_estimate
from recognizer.checking.estimating import estimate, estimate_due_batches
from recognizer.checking.queue import answer, asked_of, postpone
from recognizer.checking.verified_text import Said, verify
from recognizer.models import (
    Batch,
    BatchItem,
    BatchSource,
    Owner,
    Prediction,
    SavedRule,
    Upload,
)
from tests.makers import make_upload_row, make_user

SIZE = 120

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return make_user("ada")


def batch_of(user: User, confidences: list[float], rule: SavedRule | None = None) -> Batch:
    """A batch whose texts were read with these confidences, and rightly."""
    batch = Batch.objects.create(user=user, name="Meters", rule=rule)
    source = BatchSource.objects.create(batch=batch, number=0, sha256="", byte_size=1)
    for position, confidence in enumerate(confidences):
        state = "read" if confidence > 0.94 else "doubtful"
        BatchItem.objects.create(
            batch=batch,
            source=source,
            position=position,
            state=state,
            confidence=confidence,
            asked="" if state == "read" else "doubtful",
            upload=make_upload_row(Owner(user=user), state=state, text="42", confidence=confidence),
        )
    return batch


@pytest.fixture
def batch(ada: User) -> Batch:
    """Of 120 texts, all but ten are sure."""
    return batch_of(ada, [0.9999] * 110 + [0.7] * 10)


def check_all_asked(batch: Batch, user: User, text: str = "42", most: int = SIZE) -> int:
    """Let a user answer what is asked, always the same; returns how often."""
    for count in range(most):
        item = asked_of(batch, user).first()
        if item is None:
            return count
        answer(item, Said(text), by=user)
    return most


def test_the_surest_are_accepted_and_a_sample_of_them_is_audited(batch: Batch) -> None:
    found = estimate(batch)
    assert found
    assert 0 < found.accepted < SIZE
    assert found.accepted + found.to_check == SIZE
    assert batch.items.filter(asked="audit").count() == found.audits_left > 0
    assert batch.items.exclude(asked="").count() == found.to_check + found.audits_left
    assert found.expected_wrong <= found.accepted / 100


def test_what_is_accepted_is_what_the_rows_say(batch: Batch) -> None:
    found = estimate(batch)
    assert found
    assert batch.items.filter(state="read").count() == found.accepted


def test_right_answers_make_surer(batch: Batch, ada: User) -> None:
    before = estimate(batch)
    check_all_asked(batch, ada, most=30)
    after = estimate(batch)
    assert before
    assert after
    assert after.checks == 30
    assert after.audits_left == 0
    assert after.expected_wrong < before.expected_wrong


def test_wrong_answers_bring_texts_back_to_the_queue(batch: Batch, ada: User) -> None:
    estimate(batch)
    check_all_asked(batch, ada, text="47", most=30)
    found = estimate(batch)
    assert found
    assert found.came_back > 0
    assert found.accepted == 0
    assert not batch.items.filter(state="read", upload__verified_text=None).exists()


def test_a_text_that_may_be_cut_short_is_never_accepted(batch: Batch) -> None:
    first = batch.items.get(position=0)
    Prediction.objects.filter(upload=first.upload_id).update(
        state="doubtful", reason="more_writing"
    )
    estimate(batch)
    first.refresh_from_db()
    assert (first.state, first.asked) == ("doubtful", "doubtful")


def test_what_was_postponed_stays_last(batch: Batch, ada: User) -> None:
    estimate(batch)
    item = asked_of(batch, ada).first()
    assert item
    postpone(item)
    estimate(batch)
    assert asked_of(batch, ada).last() == item


def test_what_two_people_are_asked_about_stays_with_them(batch: Batch, ada: User) -> None:
    item = batch.items.get(position=115)
    BatchItem.objects.filter(pk=item.pk).update(asked="third")
    estimate(batch)
    item.refresh_from_db()
    assert item.asked == "third"
    assert asked_of(batch, ada).first() == item


def test_a_rule_s_next_batch_begins_with_what_the_first_one_taught(ada: User) -> None:
    rule = SavedRule.objects.create(user=ada, name="Meter", definition={})
    first = batch_of(ada, [0.999] * 60 + [0.9] * 60, rule)
    alone = estimate(batch_of(ada, [0.999] * 60 + [0.9] * 60))
    estimate(first)
    check_all_asked(first, ada, most=60)
    estimate(first)
    second = estimate(batch_of(ada, [0.999] * 60 + [0.9] * 60, rule))
    assert alone
    assert second
    assert second.expected_wrong / max(second.accepted, 1) <= (
        alone.expected_wrong / max(alone.accepted, 1)
    )


def test_nothing_read_is_no_estimate(ada: User) -> None:
    assert estimate(batch_of(ada, [])) is None


def test_checks_in_a_row_make_one_job(batch: Batch, ada: User) -> None:
    estimate(batch)
    check_all_asked(batch, ada, most=3)
    assert OrmQ.objects.count() == 1
    assert estimate_due_batches() == 1
    assert estimate_due_batches() == 0
    ask_for_estimate(batch)
    assert OrmQ.objects.count() == 2


def test_a_verified_upload_outside_of_batches_asks_for_nothing(ada: User) -> None:
    upload: Upload = make_upload_row(Owner(user=ada))
    verify(upload, "42", by=Owner(user=ada))
    assert not OrmQ.objects.exists()
