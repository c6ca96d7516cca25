"""The network of the second reader: what others trained, and new layers that tell our characters.

The features have a column every eight pixels, and a slim 1 is hardly wider. The new layers also see
the finer ones from before the columns are joined, and answer every four pixels.
"""

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np

from mlmodel.mnist.data import DataDamaged, DataMissing
from mlmodel.pretrained import WEIGHTS_SHA256
from mlmodel.pretrained.network import build_features, layer_names
from mlmodel.second.alphabet import CLASSES

_CHANNELS = 128
_REACH = 5  # columns that a convolution looks at


class WeightsMissing(DataMissing):
    """The file of the weights that others trained is not there."""


class WeightsDamaged(DataDamaged):
    """The weights that others trained are not those that were recorded."""


def build_second_network(dropout: float) -> Any:
    """A network from looks to columns, with fresh weights in every layer.

    Args:
        dropout: 0..1, the share of the last features that training leaves out.

    Returns:
        A keras.Model from (n, 48, width, 1) float32 in -1..1, width a multiple of 32, to
        (n, width / 4, 22) float32: the logits of mlmodel.second.alphabet's classes.
    """
    import keras
    from keras import layers

    features = build_features()
    coarse, fine = features.outputs
    rows = layers.Permute((2, 1, 3))(fine)
    rows = layers.Reshape((-1, fine.shape[1] * fine.shape[3]))(rows)
    fine_columns = layers.Dense(_CHANNELS, activation="silu", name="head_fine")(rows)
    coarse_columns = layers.Dense(_CHANNELS, activation="silu", name="head_coarse")(coarse)
    x = layers.Concatenate()([layers.UpSampling1D(2)(coarse_columns), fine_columns])
    for number in (1, 2):
        x = layers.Conv1D(
            _CHANNELS, _REACH, padding="same", activation="silu", name=f"head_{number}"
        )(x)
    x = layers.Dropout(dropout)(x)
    columns = layers.Dense(CLASSES, name="columns")(x)
    return keras.Model(features.input, columns, name="second")


def take_pretrained(network: Any, weights: Path) -> None:
    """Give the layers that others trained their weights.

    Args:
        weights: the .npz file with float16 arrays, named "layer/weight".

    Raises:
        WeightsMissing: there is no such file.
        WeightsDamaged: the file's SHA-256 is not the recorded one.
    """
    with np.load(io.BytesIO(_checked(weights))) as arrays:
        for name in layer_names():
            layer = network.get_layer(name)
            layer.set_weights([arrays[f"{name}/{weight.name}"] for weight in layer.weights])


def _checked(weights: Path) -> bytes:
    try:
        payload = weights.read_bytes()
    except FileNotFoundError as error:
        raise WeightsMissing(f"{weights} is missing.") from error
    if hashlib.sha256(payload).hexdigest() != WEIGHTS_SHA256:
        raise WeightsDamaged(f"{weights} is not the file that benchmarks/cut_ppocrv6.py makes.")
    return payload


def freeze_pretrained(network: Any, blocks: int | None) -> None:
    """Leave some of the layers that others trained as they are, and let the others be trained.

    Args:
        blocks: how many blocks of the trunk are frozen, with all before them; None freezes all.
    """
    frozen = ("stem_", *(f"block_{number}_" for number in range(1, (blocks or 0) + 1)))
    for name in layer_names():
        network.get_layer(name).trainable = blocks is not None and not name.startswith(frozen)
