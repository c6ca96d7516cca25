"""From a trained Keras network to the LiteRT artifact, with proof that both answer alike."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlmodel.classifier import answer, open_interpreter
from mlmodel.data import DIGIT_CLASSES

# Float32 sums in another order move a probability by about 1e-6; more means that the export
# changed the network.
MAX_DIFFERENCE = 1e-4
COMPARED_FRAMES = 1_000


class ExportError(Exception):
    """The network cannot be exported."""


class ExportDiffers(ExportError):
    """LiteRT and Keras give different probabilities."""


@dataclass(frozen=True)
class Measures:
    """How an artifact does on labelled frames: confusion (10, 10) int64, [true][read]."""

    confusion: NDArray[np.int64]
    largest_difference: float  # of a probability, from the Keras network's

    @property
    def accuracy(self) -> float:
        """0..1, the share of frames that were read right."""
        return float(np.trace(self.confusion) / self.confusion.sum())


def export_litert(network: Any) -> bytes:
    """The Keras network as a LiteRT artifact: float32, softmax included, any number of frames."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "digits.tflite"
        network.export(str(path), format="litert", verbose=False)
        return path.read_bytes()


def measure(
    artifact: bytes, network: Any, frames: NDArray[np.float32], labels: NDArray[np.uint8]
) -> Measures:
    """Read labelled frames with the artifact, and compare its answers with the network's.

    Args:
        artifact: the LiteRT artifact.
        network: the Keras network that it was exported from.
        frames: (n, 28, 28) float32 in 0..1; the first 1,000 are compared.
        labels: (n,) uint8 in 0..9.

    Raises:
        ExportDiffers: a probability differs by more than MAX_DIFFERENCE.
    """
    probabilities = answer(open_interpreter(artifact), frames)
    difference = largest_difference(probabilities, network, frames[:COMPARED_FRAMES])
    confusion = np.zeros((DIGIT_CLASSES, DIGIT_CLASSES), np.int64)
    np.add.at(confusion, (labels, probabilities.argmax(axis=1)), 1)
    return Measures(confusion, difference)


def largest_difference(
    probabilities: NDArray[np.float32], network: Any, frames: NDArray[np.float32]
) -> float:
    """The largest difference of a probability between LiteRT's answers and the network's.

    Raises:
        ExportDiffers: it is above MAX_DIFFERENCE.
    """
    expected = np.asarray(network(frames[..., np.newaxis], training=False))
    difference = float(np.abs(probabilities[: len(frames)] - expected).max())
    if not difference <= MAX_DIFFERENCE:  # also where it is not a number
        raise ExportDiffers(
            f"LiteRT and Keras differ by {difference:.2g}, more than {MAX_DIFFERENCE:.0e}."
        )
    return difference
