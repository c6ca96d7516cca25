"""The network that looks at single digits: a small residual network for frames of 28x28."""

from typing import Any

from mlmodel.digits.classifier import CLASSES
from mlmodel.digits.normalize import FRAME_SIDE_PX
from mlmodel.training.layers import convolve, residual


def build_network(widths: tuple[int, int, int], dropout: float) -> Any:
    """A network from frames to probabilities, with fresh weights.

    One convolution at 28x28, then a strided convolution and a residual block at 14x14 and
    again at 7x7 (He et al., Deep residual learning, 2016), the mean over the frame, and a
    softmax. Every convolution is 3x3 and followed by batch normalization.

    Args:
        widths: the number of channels at 28x28, 14x14 and 7x7.
        dropout: 0..1, the share of the mean features that training leaves out.

    Returns:
        A keras.Model from (n, 28, 28, 1) float32 in 0..1 to (n, 11) float32 probabilities: those
        of the ten digits, and that of no digit.
    """
    import keras

    stem, middle, deep = widths
    frames = keras.Input((FRAME_SIDE_PX, FRAME_SIDE_PX, 1), name="frames")
    features = convolve(frames, stem)
    features = residual(convolve(features, middle, strides=2))
    features = residual(convolve(features, deep, strides=2))
    features = keras.layers.GlobalAveragePooling2D()(features)
    features = keras.layers.Dropout(dropout)(features)
    digits = keras.layers.Dense(CLASSES, activation="softmax", name="digits")(features)
    return keras.Model(frames, digits, name="digits")
