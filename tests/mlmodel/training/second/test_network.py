from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.pretrained import WEIGHTS
from mlmodel.pretrained.network import build_features, layer_names
from mlmodel.second.alphabet import CLASSES
from mlmodel.training.second.network import (
    WeightsDamaged,
    WeightsMissing,
    build_second_network,
    freeze_pretrained,
    take_pretrained,
)


@pytest.fixture(scope="module")
def network() -> Any:
    return build_second_network(dropout=0.2)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match=r"none\.npz is missing"):
        take_pretrained(None, tmp_path / "none.npz")


def test_weights_with_a_wrong_bit_are_noticed(tmp_path: Path) -> None:
    payload = bytearray(WEIGHTS.read_bytes())
    payload[len(payload) // 2] ^= 1
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(payload)
    with pytest.raises(WeightsDamaged, match=r"damaged\.npz is not the file"):
        take_pretrained(None, damaged)


def test_every_layer_takes_its_weights() -> None:
    features = build_features()
    take_pretrained(features, WEIGHTS)
    with np.load(WEIGHTS) as arrays:
        for name in layer_names():
            for weight in features.get_layer(name).weights:
                taken = np.asarray(weight)
                assert (taken == arrays[f"{name}/{weight.name}"]).all()


def test_the_new_layers_keep_their_own_weights(network: Any) -> None:
    before = _new_weights(network)
    take_pretrained(network, WEIGHTS)
    assert all(
        (one == other).all() for one, other in zip(before, _new_weights(network), strict=True)
    )


def test_it_answers_every_four_pixels(network: Any) -> None:
    answers = network(np.ones((2, 48, 96, 1), np.float32))
    assert answers.shape == (2, 24, CLASSES)


def test_what_is_frozen_is_not_trained(network: Any) -> None:
    freeze_pretrained(network, None)
    trained = {weight.path.split("/")[0] for weight in network.trainable_weights}
    assert trained == {"head_fine", "head_coarse", "head_1", "head_2", "columns"}
    freeze_pretrained(network, 4)
    trained = {weight.path.split("/")[0] for weight in network.trainable_weights}
    assert {"columns", "neck_in", "block_5_expand", "block_13_project"} <= trained
    assert not any(name.startswith(("stem_", "block_4_", "block_1_")) for name in trained)


def _new_weights(network: Any) -> list[NDArray[np.float32]]:
    names = ("head_fine", "head_coarse", "head_1", "head_2", "columns")
    return [array for name in names for array in network.get_layer(name).get_weights()]
