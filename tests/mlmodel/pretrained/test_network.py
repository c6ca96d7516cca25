from typing import Any

import numpy as np
import pytest

from mlmodel.pretrained import WEIGHTS
from mlmodel.pretrained.network import build_features, layer_names


@pytest.fixture(scope="module")
def features() -> Any:
    return build_features()


def test_the_layers_are_those_of_the_weights_in_their_order() -> None:
    with np.load(WEIGHTS) as arrays:
        assert list(dict.fromkeys(name.split("/")[0] for name in arrays)) == layer_names()


def test_no_other_layer_has_weights(features: Any) -> None:
    assert {layer.name for layer in features.layers if layer.weights} == set(layer_names())


def test_the_weights_have_the_shapes_of_the_layers(features: Any) -> None:
    layers = [features.get_layer(name) for name in layer_names()]
    wanted = {
        f"{layer.name}/{weight.name}": weight.shape for layer in layers for weight in layer.weights
    }
    with np.load(WEIGHTS) as arrays:
        assert {name: arrays[name].shape for name in arrays} == wanted
        assert {arrays[name].dtype for name in arrays} == {np.dtype(np.float16)}


@pytest.mark.parametrize("width", [8, 64, 168])
def test_it_maps_pictures_to_columns(features: Any, width: int) -> None:
    coarse, fine = features(np.ones((2, 48, width, 1), np.float32))
    assert coarse.shape == (2, width // 8, 120)
    assert fine.shape == (2, 3, width // 4, 384)
