import numpy as np
import pytest

from recognizer.checking.acceptance import (
    LEVEL,
    Acceptance,
    accept,
    allowed_wrong,
    changes,
    curve,
)
from recognizer.checking.checked_batch import PLACES, CheckedBatch
from recognizer.checking.recalibration import USUAL, Recalibration
from tests.recognizer.checking.batches import drawn, surest, unchecked

TOLERATED = 0.01


def knows(wrong: float) -> Recalibration:
    """Every text is wrong with this probability, and that is certain."""
    return Recalibration(np.ones(1), np.zeros((3, 1)), np.full((1, PLACES), wrong), USUAL)


def accepted_now(batch: CheckedBatch, tolerated: float = TOLERATED) -> Acceptance:
    return accept(Recalibration.of(batch), batch, tolerated)


@pytest.mark.parametrize(
    ("accepted", "tolerated", "allowed"),
    [(300, 0.01, 3), (99, 0.01, 0), (100, 0.07, 7), (500, 0.001, 0), (5_000, 0.001, 5)],
)
def test_the_promise_in_whole_texts(accepted: int, tolerated: float, allowed: int) -> None:
    assert allowed_wrong(accepted, tolerated) == allowed


def test_the_accepted_are_the_surest_texts() -> None:
    batch = unchecked()
    now = accepted_now(batch)
    assert 0 < now.count < batch.size
    assert now.threshold is not None
    assert batch.confidences[now.accepted].min() >= now.threshold
    assert batch.confidences[now.to_check].max() < now.threshold


def test_it_accepts_as_long_as_too_many_wrong_ones_are_unlikely() -> None:
    # Of 500 texts, 5 may be wrong. By Poisson's law, 6 or more are with 4.9 % where 2.6 are
    # expected, and with 6.7 % where 2.85 are.
    batch = CheckedBatch.unchecked(np.full(500, 0.99))
    assert accept(knows(2.6 / 500), batch, TOLERATED).count == 500
    assert accept(knows(2.85 / 500), batch, TOLERATED).count == 0


def test_too_few_texts_are_not_worth_the_risk() -> None:
    # All are right for certain; but most were not read.
    confidences = np.full(500, 0.0)
    confidences[:50] = 0.99
    read = CheckedBatch.unchecked(confidences)
    assert accept(knows(1e-9), read, TOLERATED).count == 50
    confidences[50:] = 0.5
    doubtful = np.where(np.arange(PLACES) < read.places[0], 0.5, 1e-9)[None]
    known = Recalibration(np.ones(1), np.zeros((3, 1)), doubtful, USUAL)
    assert accept(known, CheckedBatch.unchecked(confidences), TOLERATED).count == 0


def test_what_was_checked_or_not_read_is_not_accepted() -> None:
    batch = surest(unchecked(), 5)
    unread = CheckedBatch(
        np.append(batch.confidences, 0.0),
        *(np.append(marks, False) for marks in (batch.checked, batch.right)),
    )
    now = accepted_now(unread)
    assert now.count > 0
    assert not (now.accepted & unread.checked).any()
    assert now.to_check[-1]


def test_equal_confidences_are_accepted_together_or_not_at_all() -> None:
    batch = CheckedBatch.unchecked(drawn().confidences.round(2))
    now = accepted_now(batch)
    assert not set(batch.confidences[now.accepted]) & set(batch.confidences[now.to_check])


def test_the_interval_never_exceeds_what_is_allowed() -> None:
    batch, right = unchecked(), drawn().right
    random = np.random.default_rng(1)
    for _ in range(12):
        now = accepted_now(batch)
        assert now.interval[0] <= now.expected + 1
        assert now.interval[1] <= now.allowed == allowed_wrong(now.count, TOLERATED)
        assert now.expected_error <= TOLERATED
        texts = random.choice(np.flatnonzero(~batch.checked), 10, replace=False)
        batch = batch.after(texts, right[texts])


def test_the_interval_holds_so_many_wrong_ones() -> None:
    now = accept(knows(0.005), CheckedBatch.unchecked(np.full(1_000, 0.99)), TOLERATED)
    assert now.expected == pytest.approx(5)
    made = np.random.default_rng(2).binomial(1_000, 0.005, 20_000)
    low, high = now.interval
    assert (made > high).mean() < 1 - LEVEL < (made > high - 1).mean()
    assert (made < low).mean() < 1 - LEVEL < (made < low + 1).mean()


def test_a_smaller_error_accepts_less() -> None:
    counts = [accepted_now(unchecked(), tolerated).count for tolerated in (0.03, 0.01, 0.001)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_nothing_is_accepted_where_the_surest_are_wrong() -> None:
    batch = unchecked()
    texts = np.argsort(-batch.confidences)[:20]
    now = accepted_now(batch.after(texts, np.zeros(20, np.bool_)))
    assert (now.count, now.threshold, now.interval, now.expected) == (0, None, (0, 0), 0)


def test_an_empty_batch_accepts_nothing() -> None:
    now = accepted_now(CheckedBatch.unchecked(np.zeros(0)))
    assert (now.count, now.expected_error, now.expected_error_of_all) == (0, 0, 0)


def test_among_all_values_the_error_is_smaller() -> None:
    now = accepted_now(unchecked())
    assert now.expected_error_of_all == pytest.approx(now.expected_error * now.count / 500)


def test_what_becomes_doubtful_comes_back_to_the_queue() -> None:
    batch = unchecked()
    before = accepted_now(batch)
    texts = np.flatnonzero(before.accepted)[:10]
    after = accepted_now(batch.after(texts, np.zeros(10, np.bool_)))
    added, returned = changes(before, after)
    assert not added.any()
    assert returned.sum() == before.count - after.count - 10
    assert not returned[texts].any()


def test_what_becomes_sure_is_told_as_well() -> None:
    batch = unchecked()
    texts = np.flatnonzero(accepted_now(batch).to_check)[:40]
    added, returned = changes(
        accepted_now(batch), accepted_now(batch.after(texts, np.ones(40, np.bool_)))
    )
    assert added.sum() > 0
    assert not returned.any()


def test_the_curve_shows_the_threshold_that_was_chosen() -> None:
    batch = unchecked()
    now, steps = accepted_now(batch), curve(Recalibration.of(batch), batch, TOLERATED)
    chosen = next(step for step in steps if step.threshold == now.threshold)
    assert (chosen.accepted, chosen.allowed) == (now.count, now.allowed)
    assert chosen.expected == pytest.approx(now.expected)
    assert chosen.high == now.interval[1]
    assert steps[-1].accepted == batch.size
    assert [step.threshold for step in steps] == sorted(
        (step.threshold for step in steps), reverse=True
    )
