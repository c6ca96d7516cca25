from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.training.digits.network import build_network


@pytest.fixture(scope="module")
def network() -> Any:
    return build_network((4, 6, 8), dropout=0.2)


def test_it_turns_frames_into_probabilities(network: Any) -> None:
    answers = np.asarray(network(np.zeros((3, 28, 28, 1), np.float32)))
    assert answers.shape == (3, 11)
    assert answers.sum(axis=1) == pytest.approx(1)


def test_the_widths_decide_its_size(network: Any) -> None:
    assert build_network((8, 12, 16), dropout=0.2).count_params() > 3 * network.count_params()


def test_the_seed_decides_its_first_weights() -> None:
    first, again, other = (_weights(seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def _weights(seed: int) -> NDArray[np.float32]:
    import keras

    keras.utils.set_random_seed(seed)
    return np.asarray(build_network((4, 6, 8), dropout=0.2).get_weights()[0])
