import numpy as np
import pytest

from recognizer.checking.asking import CHECKS_TO_LEARN, audit_size
from recognizer.checking.assessment import Assessment, assess
from recognizer.checking.checked_batch import CheckedBatch
from tests.recognizer.checking.batches import SEED, drawn, unchecked


def standing(batch: CheckedBatch, seed: int = SEED) -> Assessment:
    return assess(batch, 0.01, seed=seed)


@pytest.mark.parametrize(
    ("above", "size"), [(5_000, 100), (1_001, 21), (400, 20), (40, 20), (30, 15), (1, 1), (0, 0)]
)
def test_the_audit_takes_two_in_a_hundred_and_at_least_twenty(above: int, size: int) -> None:
    assert audit_size(above) == size


def test_the_audit_is_of_what_is_accepted() -> None:
    state = standing(unchecked())
    assert state.audit.sample.sum() == 20
    assert (state.audit.sample <= state.acceptance.accepted).all()


def test_whoever_knows_the_seed_draws_the_same_audit() -> None:
    one, again, other = (standing(unchecked(), seed).audit.sample for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


def test_every_accepted_text_is_as_likely_to_be_audited() -> None:
    batch = unchecked(300)
    audits = np.sum([standing(batch, seed).audit.sample for seed in range(400)], axis=0)
    accepted = standing(batch).acceptance.accepted
    mean = 400 * 20 / accepted.sum()
    assert np.abs(audits[accepted] - mean).max() < 4.5 * np.sqrt(mean)


def test_an_audit_goes_on_when_texts_are_added() -> None:
    confidences = drawn().confidences
    shorter = standing(CheckedBatch.unchecked(confidences[:-20])).audit
    longer = standing(CheckedBatch.unchecked(confidences)).audit
    assert (shorter.turns == longer.turns[:-20]).all()


def test_a_text_of_the_audit_that_was_wrong_is_counted() -> None:
    batch = unchecked()
    state = assess(batch, 0.05, seed=SEED)
    texts = np.flatnonzero(state.audit.sample)
    state = assess(batch.after(texts, np.arange(texts.size) > 0), 0.05, seed=SEED)
    assert (state.audit.wrong, state.audit.open.sum()) == (1, 0)
    assert state.audit.done == 20


def test_the_audit_alone_says_how_many_are_wrong() -> None:
    batch = unchecked()
    state = standing(batch)
    assert state.audit.error_interval == (0, 1)
    texts = np.flatnonzero(state.audit.open)
    audited = standing(batch.after(texts, np.ones(20, np.bool_))).audit
    assert audited.error_interval[1] == pytest.approx(1 - 0.025 ** (1 / audited.done))


def test_half_of_what_is_asked_is_of_the_audit() -> None:
    state = standing(unchecked())
    asked = state.ask_next(10)
    assert state.audit.open[asked].tolist() == [True, False] * 5
    assert state.acceptance.to_check[asked[1::2]].all()


def test_no_text_is_asked_twice_or_after_it_was_checked() -> None:
    batch, right, seen = unchecked(), drawn().right, set[int]()
    for _ in range(8):
        asked = standing(batch).ask_next(10)
        assert len(asked) == len(set(asked.tolist())) == 10
        assert not seen & set(asked.tolist())
        seen |= set(asked.tolist())
        batch = batch.after(asked, right[asked])


def test_after_learning_the_nearest_below_the_threshold_come_first() -> None:
    batch, right = unchecked(), drawn().right
    texts = np.argsort(batch.confidences)[:CHECKS_TO_LEARN]
    state = standing(batch.after(texts, right[texts]))
    below = np.flatnonzero(state.acceptance.to_check)
    asked = [text for text in state.ask_next(10) if state.acceptance.to_check[text]]
    least = batch.places[asked].min()
    assert (batch.places[np.setdiff1d(below, asked)] <= least).all()


def test_where_nothing_is_accepted_all_are_asked_about() -> None:
    state = standing(CheckedBatch.unchecked(np.full(30, 0.4)))
    assert state.acceptance.count == 0
    assert sorted(state.ask_next(100).tolist()) == list(range(30))


def test_where_all_are_accepted_only_the_audit_is_asked_about() -> None:
    state = standing(CheckedBatch.unchecked(np.full(300, 0.9999)))
    asked = state.ask_next(100)
    assert state.acceptance.count == 300
    assert sorted(asked.tolist()) == np.flatnonzero(state.audit.sample).tolist()


def test_the_minutes_are_those_of_all_checks_left() -> None:
    state = standing(unchecked())
    left = state.acceptance.to_check.sum() + 20
    assert state.minutes_left(6) == pytest.approx(left / 10)
