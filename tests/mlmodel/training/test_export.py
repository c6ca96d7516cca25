from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.artifact.litert import Network
from mlmodel.lines.columns import ANSWERS
from mlmodel.training.digits.network import build_network
from mlmodel.training.export import ExportDiffers, export_litert, relative_difference
from mlmodel.training.lines.network import build_line_network


@pytest.fixture(scope="module")
def network() -> Any:
    import keras

    # The seed decides how much the answers move when weights are rounded.
    keras.utils.set_random_seed(1)
    return build_network((8, 16, 32), dropout=0.2)


@pytest.fixture(scope="module")
def artifact(network: Any) -> bytes:
    return export_litert(network)


@pytest.fixture
def frames() -> NDArray[np.float32]:
    return np.random.default_rng(2).random((50, 28, 28, 1), np.float32)


def test_the_artifact_takes_any_number_of_frames(
    artifact: bytes, frames: NDArray[np.float32]
) -> None:
    litert = Network(artifact)
    together = litert.answer(frames)
    alone = np.concatenate([litert.answer(frame[np.newaxis]) for frame in frames])
    assert together == pytest.approx(alone, abs=1e-6)


def test_it_answers_as_the_network_does(
    artifact: bytes, network: Any, frames: NDArray[np.float32]
) -> None:
    assert 0 < relative_difference(artifact, network, frames) < 0.01


def test_weights_take_a_byte_each(artifact: bytes, network: Any) -> None:
    assert len(artifact) < 2 * network.count_params()


def test_it_refuses_an_artifact_of_another_network(
    artifact: bytes, frames: NDArray[np.float32]
) -> None:
    other = build_network((8, 16, 32), dropout=0.2)
    with pytest.raises(ExportDiffers, match="differ from"):
        relative_difference(artifact, other, frames)


def test_a_line_network_takes_strips_of_any_width() -> None:
    network = build_line_network((4, 8, 8, 8, 8), dropout=0.1)
    litert = Network(export_litert(network))
    for width in (32, 96, 320):
        strips = np.random.default_rng(width).random((1, 40, width, 1), np.float32)
        assert litert.answer(strips).shape == (1, width // 2, ANSWERS)
        assert litert.answer(strips) == pytest.approx(
            np.asarray(network(strips, training=False)), abs=0.1
        )
