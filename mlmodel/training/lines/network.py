"""The network that reads a whole line: fully convolutional, with an answer every two pixels."""

from typing import Any

from mlmodel.lines.columns import ANSWERS
from mlmodel.lines.strips import STRIP_HEIGHT_PX
from mlmodel.training.layers import convolve, residual

# The last row of features answers for this many columns in each of its places.
_COLUMNS_A_FEATURE = 2


def build_line_network(widths: tuple[int, int, int, int, int], dropout: float) -> Any:
    """A network from strips to columns, with fresh weights.

    Convolutions halve the height three times and the width twice, with residual blocks (He et
    al., 2016) between. One convolution over the five rows that are left makes a row of features,
    and two more look at the neighbours in that row. Every convolution but the last is followed by
    batch normalization.

    Args:
        widths: channels at 1/2, 1/2, 1/4 and 1/8 of the height, and of the row of features.
        dropout: 0..1, the share of the row's features that training leaves out.

    Returns:
        A keras.Model from (n, 40, width, 1) float32 in 0..1, width a multiple of 32, to
        (n, width / 2, 26) float32: an answer for every column, as mlmodel.lines.columns describes.
    """
    import keras

    first, second, third, fourth, row = widths
    strips = keras.Input((STRIP_HEIGHT_PX, None, 1), name="strips")
    features = convolve(strips, first, size=5, strides=2)
    features = convolve(features, second)
    features = residual(convolve(features, third, strides=2))
    features = residual(convolve(features, fourth, strides=(2, 1)))
    # Five rows are left, and one convolution covers all of them.
    features = convolve(features, row, size=(5, 3), strides=(5, 1))
    for _ in range(2):
        features = keras.layers.Add()([features, convolve(features, row, size=(1, 3))])
    features = keras.layers.Dropout(dropout)(features)
    answers = keras.layers.Conv2D(_COLUMNS_A_FEATURE * ANSWERS, 1)(features)
    answers = keras.layers.Reshape((-1, ANSWERS), name="columns")(answers)
    return keras.Model(strips, answers, name="line")
