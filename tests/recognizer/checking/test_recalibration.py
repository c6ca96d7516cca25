import numpy as np
import pytest

from recognizer.checking.checked_batch import CheckedBatch
from recognizer.checking.recalibration import (
    USUAL,
    Learned,
    Normal,
    Recalibration,
    prior_after,
    prior_of_card,
)
from recognizer.checking.simulation import parametric
from tests.recognizer.checking.batches import unchecked


def all_checked(shift: float = 0.0, floor: float = 0.0, size: int = 4_000) -> CheckedBatch:
    draw = parametric((1.0, 3.0, 2.0), shift=shift, floor=floor)
    made = draw(np.random.default_rng(3), size)
    return CheckedBatch(made.confidences, np.ones(size, np.bool_), made.right)


def test_without_checks_nothing_is_known_but_the_prior() -> None:
    known = Recalibration.of(unchecked())
    assert known.weights @ known.points[0] == pytest.approx(USUAL.shift.mean, abs=0.05)
    assert known.weights @ (known.points[2] > 0) == pytest.approx(USUAL.floor_share, abs=0.01)


def test_it_finds_how_far_the_confidences_are_off() -> None:
    known = Recalibration.of(all_checked(shift=-1.0))
    assert known.weights @ known.points[0] == pytest.approx(-1, abs=0.3)
    odds = np.array([0.5, 0.9, 0.99])
    wrong = known.wrong_of(CheckedBatch.unchecked(odds))
    assert wrong == pytest.approx(1 / (1 + np.exp(np.log(odds / (1 - odds)) - 1)), rel=0.2)


def test_it_finds_errors_that_no_confidence_betrays() -> None:
    known = Recalibration.of(all_checked(floor=0.05))
    assert known.weights @ known.points[2] == pytest.approx(0.05, abs=0.02)


def test_a_wrong_text_makes_others_doubtful_and_a_right_one_surer() -> None:
    batch, text = unchecked(), np.array([0])
    before, right, wrong = (
        Recalibration.of(one).wrong_of(batch).sum()
        for one in (
            batch,
            batch.after(text, np.array([True])),
            batch.after(text, np.array([False])),
        )
    )
    assert right < before < wrong


def test_the_order_of_checks_does_not_matter() -> None:
    one, other = np.array([0, 1]), np.array([1, 0])
    right = np.array([True, False])
    weights = [
        Recalibration.of(unchecked().after(texts, right[texts])).weights for texts in (one, other)
    ]
    assert weights[0] == pytest.approx(weights[1])


def test_a_badly_calibrated_model_is_trusted_less_on_new_writing() -> None:
    assert prior_of_card(0.004) == USUAL
    assert prior_of_card(0.03).shift.deviation == pytest.approx(3 * USUAL.shift.deviation)


def test_a_batch_teaches_the_next_of_its_rule() -> None:
    learned = Recalibration.of(all_checked(shift=-1.0)).learned()
    after = prior_after(USUAL, [learned])
    assert learned.shift is not None
    assert learned.shift.mean == pytest.approx(-1, abs=0.3)
    assert after.shift.mean < USUAL.shift.mean
    assert after.shift.deviation < USUAL.shift.deviation


def test_a_batch_without_checks_teaches_nothing() -> None:
    learned = Recalibration.of(unchecked()).learned()
    after = prior_after(USUAL, [learned])
    assert after.shift.mean == pytest.approx(USUAL.shift.mean, abs=0.1)
    assert after.floor_share == pytest.approx(USUAL.floor_share, abs=0.01)


def test_ever_more_batches_never_make_the_next_one_certain() -> None:
    learned = Learned(Normal(0.5, 0.1), Normal(0.0, 0.05), 0.0)
    after = prior_after(USUAL, [learned] * 1_000)
    assert after.shift.mean == pytest.approx(0.5, abs=0.01)
    assert after.shift.deviation > USUAL.shift.deviation / 2
    assert 0 < after.floor_share < USUAL.floor_share


def test_a_floor_in_earlier_batches_is_expected_in_the_next() -> None:
    assert prior_after(USUAL, [Learned(None, None, 1.0)]).floor_share > 3 * USUAL.floor_share
