from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.classifier import answer, open_interpreter
from mlmodel.export import ExportDiffers, export_litert, measure
from mlmodel.network import build_network

LABELS = (np.arange(50) % 10).astype(np.uint8)


@pytest.fixture(scope="module")
def network() -> Any:
    return build_network((4, 6, 8), dropout=0.2)


@pytest.fixture(scope="module")
def artifact(network: Any) -> bytes:
    return export_litert(network)


@pytest.fixture
def frames() -> NDArray[np.float32]:
    return np.random.default_rng(2).random((50, 28, 28), np.float32)


def test_the_artifact_takes_any_number_of_frames(
    artifact: bytes, frames: NDArray[np.float32]
) -> None:
    interpreter = open_interpreter(artifact)
    together = answer(interpreter, frames)
    alone = np.concatenate([answer(interpreter, frame[np.newaxis]) for frame in frames])
    assert together == pytest.approx(alone, abs=1e-5)


def test_it_answers_as_the_network_does(
    artifact: bytes, network: Any, frames: NDArray[np.float32]
) -> None:
    assert measure(artifact, network, frames, LABELS).largest_difference < 1e-5


def test_it_counts_what_was_read_for_each_digit(
    artifact: bytes, network: Any, frames: NDArray[np.float32]
) -> None:
    read = answer(open_interpreter(artifact), frames).argmax(axis=1)
    measures = measure(artifact, network, frames, LABELS)
    assert measures.confusion.sum(axis=1).tolist() == [5] * 10
    assert measures.confusion[3, read[3]] > 0
    assert measures.accuracy == pytest.approx((read == LABELS).mean())


def test_it_refuses_an_artifact_of_another_network(
    artifact: bytes, frames: NDArray[np.float32]
) -> None:
    other = build_network((4, 6, 8), dropout=0.2)
    with pytest.raises(ExportDiffers, match="differ by"):
        measure(artifact, other, frames, LABELS)
