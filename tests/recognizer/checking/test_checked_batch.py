import numpy as np
import pytest

from recognizer.checking.checked_batch import (
    PLACES,
    BatchInconsistent,
    CheckedBatch,
    confidence_at,
)
from tests.recognizer.checking.batches import unchecked


def test_places_rise_with_confidences() -> None:
    batch = CheckedBatch.unchecked(np.array([0.0, 0.5, 0.9, 0.99, 0.9999, 1.0]))
    assert (np.diff(batch.places) > 0)[:-1].all()
    assert (batch.places[0], batch.places[-1]) == (0, PLACES - 1)


def test_a_place_begins_at_its_least_confidence() -> None:
    least = np.array([confidence_at(place) for place in range(PLACES)])
    assert CheckedBatch.unchecked(least).places.tolist() == list(range(PLACES))


def test_a_check_leaves_the_batch_before_it_as_it_was() -> None:
    before = unchecked(10)
    after = before.after(np.array([3]), np.array([True]))
    assert (before.checked.sum(), after.checked.sum(), after.right[3]) == (0, 1, True)


def test_what_was_not_read_is_not_open() -> None:
    assert CheckedBatch.unchecked(np.array([0.0, 0.9])).open.tolist() == [False, True]


def test_the_doubt_is_that_of_what_was_read() -> None:
    assert CheckedBatch.unchecked(np.array([0.0, 0.9, 0.7])).doubt == pytest.approx(0.2)


def test_a_batch_of_nothing_is_full_of_doubt() -> None:
    assert CheckedBatch.unchecked(np.zeros(3)).doubt == 1
    assert CheckedBatch.unchecked(np.zeros(0)).doubt == 1


@pytest.mark.parametrize("confidence", [-0.1, 1.1, np.nan])
def test_it_refuses_what_is_no_confidence(confidence: float) -> None:
    with pytest.raises(BatchInconsistent):
        CheckedBatch.unchecked(np.array([confidence]))


def test_it_refuses_checks_of_other_texts() -> None:
    with pytest.raises(BatchInconsistent):
        CheckedBatch(np.array([0.5]), np.zeros(2, np.bool_), np.zeros(2, np.bool_))
