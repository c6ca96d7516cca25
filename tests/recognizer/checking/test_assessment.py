import numpy as np

from recognizer.checking.assessment import assess
from recognizer.checking.checked_batch import CheckedBatch
from recognizer.checking.recalibration import USUAL, Recalibration, prior_after
from recognizer.checking.simulation import Settings, check, parametric
from tests.recognizer.checking.batches import SEED, drawn, unchecked


def test_the_same_checks_give_the_same_answer() -> None:
    one, again = (assess(unchecked(), 0.01, seed=SEED) for _ in range(2))
    assert (one.acceptance.accepted == again.acceptance.accepted).all()
    assert one.ask_next(10).tolist() == again.ask_next(10).tolist()


def test_it_is_provisional_until_the_audit_is_complete() -> None:
    *earlier, last = check(drawn(), Settings(), checks=120, seed=SEED)
    assert earlier[0].is_provisional
    assert not last.is_provisional


def test_nothing_is_provisional_where_nothing_is_accepted() -> None:
    assert not assess(CheckedBatch.unchecked(np.zeros(3)), 0.01, seed=SEED).is_provisional


def test_the_second_batch_of_a_rule_accepts_more_at_once() -> None:
    modest = parametric((1.0, 4.0, 2.0), shift=1.2)
    first, second = (modest(np.random.default_rng(seed), 500) for seed in (1, 2))
    checked = list(check(first, Settings(), checks=120, seed=SEED))[-1]
    nobody = CheckedBatch.unchecked(second.confidences)
    alone = assess(nobody, 0.01, seed=SEED)
    taught = assess(nobody, 0.01, seed=SEED, prior=prior_after(USUAL, [checked.known.learned()]))
    assert taught.acceptance.count > 1.2 * alone.acceptance.count


def test_it_shows_the_curve_of_its_batch() -> None:
    state = assess(unchecked(), 0.01, seed=SEED)
    assert isinstance(state.known, Recalibration)
    assert state.acceptance.count in [step.accepted for step in state.curve()]
