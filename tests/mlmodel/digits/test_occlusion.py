import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.digits.classifier import Classifier
from mlmodel.digits.occlusion import PATCH_SIDE_PX, occlude
from mlmodel.mnist.data import frame_samples, load_mnist
from mlmodel.model import Model
from tests.makers import CLEAR_DIGITS


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Model.load().classifier


@pytest.fixture(scope="module")
def frames() -> NDArray[np.float32]:
    """A clear digit of each value."""
    return frame_samples(load_mnist().training.take(np.array(CLEAR_DIGITS)))


def test_a_9_rests_on_its_loop(classifier: Classifier, frames: NDArray[np.float32]) -> None:
    seen = occlude(frames[9], 9, classifier)
    assert seen.worst is not None
    assert seen.worst[0] < 14
    assert seen.probability > 0.9
    assert seen.left_at_worst < 0.1
    assert seen.drops[:14].sum() > 2 * seen.drops[14:].sum()


@pytest.mark.parametrize("value", range(10))
def test_drops_are_shares_and_nothing_is_lost_where_only_paper_is_covered(
    classifier: Classifier, frames: NDArray[np.float32], value: int
) -> None:
    drops = occlude(frames[value], value, classifier).drops
    assert drops.shape == (28, 28)
    assert drops.dtype == np.float32
    assert (np.abs(drops) <= 1).all()
    near_ink = np.pad(frames[value], PATCH_SIDE_PX)
    for row, column in np.argwhere(drops != 0):
        side = 2 * PATCH_SIDE_PX + 1
        assert near_ink[row : row + side, column : column + side].any()


def test_what_is_left_at_the_worst_is_what_the_classifier_says(
    classifier: Classifier, frames: NDArray[np.float32]
) -> None:
    seen = occlude(frames[7], 7, classifier)
    assert seen.worst is not None
    row, column = (at - PATCH_SIDE_PX // 2 for at in seen.worst)
    covered = frames[7].copy()
    covered[row : row + PATCH_SIDE_PX, column : column + PATCH_SIDE_PX] = 0
    left = float(classifier.classify(covered[np.newaxis])[0, 7])
    assert seen.left_at_worst == pytest.approx(left, abs=1e-4)


def test_a_blank_frame_has_no_worst(classifier: Classifier) -> None:
    seen = occlude(np.zeros((28, 28), np.float32), 3, classifier)
    assert seen.worst is None
    assert seen.left_at_worst == seen.probability
    assert not seen.drops.any()


def test_a_frame_of_another_shape_is_refused(classifier: Classifier) -> None:
    with pytest.raises(ValueError, match="shape"):
        occlude(np.zeros((20, 20), np.float32), 3, classifier)
