"""From a trained Keras network to the LiteRT artifact, with proof that both answer alike."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlmodel.litert import Network

# Float32 sums in another order move an answer by about 1e-6 of its size; more means that the
# export changed the network.
MAX_DIFFERENCE = 1e-4


class ExportError(Exception):
    """The network cannot be exported."""


class ExportDiffers(ExportError):
    """LiteRT and Keras answer differently."""


def export_litert(network: Any) -> bytes:
    """The Keras network as a LiteRT artifact: float32, for batches and widths of any size."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.tflite"
        network.export(str(path), format="litert", verbose=False)
        return path.read_bytes()


def largest_difference(artifact: bytes, network: Any, batch: NDArray[np.float32]) -> float:
    """The largest difference between LiteRT's answers and the network's.

    Answers above one (logits) are compared by their share.

    Args:
        batch: what both are asked.

    Raises:
        ExportDiffers: it is above MAX_DIFFERENCE.
    """
    given = Network(artifact).answer(batch)
    expected = np.asarray(network(batch, training=False))
    difference = float((np.abs(given - expected) / np.maximum(np.abs(expected), 1)).max())
    if not difference <= MAX_DIFFERENCE:  # also where it is not a number
        raise ExportDiffers(
            f"LiteRT and Keras differ by {difference:.2g}, more than {MAX_DIFFERENCE:.0e}."
        )
    return difference
