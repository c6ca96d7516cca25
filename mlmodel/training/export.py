"""The LiteRT artifact of a trained Keras network, with proof that both answer alike."""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.litert import Network

# Weights of eight bits move the answers of trained networks by less than 1 %, and those of fresh
# ones by up to 2 %. The answers of another network differ by far more than this bound.
MOST_DIFFERENCE = 0.05


class ExportError(Exception):
    """The network cannot be exported."""


class ExportDiffers(ExportError):
    """LiteRT and Keras answer differently."""


def export_litert(network: Any) -> bytes:
    """The Keras network as a LiteRT artifact, for batches and widths of any size.

    Weights of large layers become int8 with a scale for each channel. What goes into these layers
    is quantized anew for each sample ("dynamic range"), so that a sample's answer does not depend
    on the other samples. The artifact is three to six times as fast as with float32, and a quarter
    of the size; no loss of accuracy beyond chance was measured.
    """
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.tflite"
        network.export(
            str(path), format="litert", verbose=False, optimizations=[tf.lite.Optimize.DEFAULT]
        )
        return path.read_bytes()


def relative_difference(artifact: bytes, network: Any, batch: NDArray[np.float32]) -> float:
    """How far LiteRT's answers differ from the network's, relative to the size of these.

    Args:
        batch: what both networks are given.

    Returns:
        The Euclidean norm of the difference divided by that of the network's answers.

    Raises:
        ExportDiffers: the difference is above MOST_DIFFERENCE.
    """
    given = Network(artifact).answer(batch)
    expected = np.asarray(network(batch, training=False))
    difference = float(np.linalg.norm(given - expected) / np.linalg.norm(expected))
    if not difference <= MOST_DIFFERENCE:  # also if it is not a number
        raise ExportDiffers(
            f"LiteRT's answers differ from Keras's by {difference:.1%}, more than "
            f"{MOST_DIFFERENCE:.0%}."
        )
    return difference
