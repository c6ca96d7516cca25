"""The pretrained network as Keras layers: PP-OCRv6 small's recognizer without its last layer.

The layers follow the published ONNX graph, with batch normalization folded into the convolutions
and the three equal colour channels of a grey picture summed into one.
"""

from typing import Any

HEIGHT_PX = 48
# The features have one column for this many pixels of the width, which is a multiple of it; the
# finer ones, from before the columns are averaged two by two, have one for half as many.
COLUMN_PX = 8
FEATURES, FINE_ROWS, FINE_FEATURES = 120, 3, 384
# For each block of the trunk: channels it returns, whether it halves the rows, and whether it
# weighs its channels by their means ("squeeze and excitation").
_BLOCKS = (
    *((96, False, True), (96, False, False), (96, False, False), (192, True, False)),
    *((192, False, True), (192, False, False)) * 3,
    *((384, True, False), (384, False, True), (384, False, False)),
)
_HEADS, _HEAD_WIDTH = 8, 15
_EPSILON, _LAST_EPSILON = 1e-5, 1e-6


def layer_names() -> list[str]:
    """The names of all layers with weights, in the order of the published graph."""
    names = [f"stem_{number}" for number in range(1, 6)]
    for number, (_, _, weighs) in enumerate(_BLOCKS, start=1):
        parts = ["depthwise", *(["squeeze", "excite"] if weighs else []), "expand", "project"]
        names += [f"block_{number}_{part}" for part in parts]
    names += ["neck_skip", "neck_in", "neck_mix"]
    for number in (1, 2):
        parts = ["norm", "query_key_value", "joined", "norm_2", "wide", "narrow"]
        names += [f"attention_{number}_{part}" for part in parts]
    return [*names, "last_norm"]


def build_features() -> Any:
    """The network without weights, as a keras.Model.

    It maps (n, 48, width, 1) float32 in -1..1, dark on light, to two float32 answers: the features,
    (n, width / 8, 120), and the finer ones, (n, 3, width / 4, 384).
    """
    import keras

    picture = keras.Input((HEIGHT_PX, None, 1))
    x = _stem(picture)
    for number, (channels, halves, weighs) in enumerate(_BLOCKS, start=1):
        x = _block(x, f"block_{number}", channels, halves, weighs)
    return keras.Model(picture, [_neck(x), x], name="features")


def _gelu(x: Any) -> Any:
    from keras import activations

    return activations.gelu(x, approximate=False)


def _conv(x: Any, channels: int, side: int, name: str, activation: Any = None) -> Any:
    from keras import layers

    return layers.Conv2D(channels, side, padding="same", activation=activation, name=name)(x)


def _halving_conv(x: Any, channels: int, name: str) -> Any:
    from keras import layers

    # Keras would pad an even side at its end alone.
    padded = layers.ZeroPadding2D(1)(x)
    return layers.Conv2D(channels, 3, strides=2, activation="relu", name=name)(padded)


def _stem(picture: Any) -> Any:
    from keras import layers

    x = _halving_conv(picture, 48, "stem_1")
    pooled = layers.MaxPooling2D(2, 1, padding="same")(x)
    convolved = _conv(_conv(x, 24, 2, "stem_2", "relu"), 48, 2, "stem_3", "relu")
    x = layers.Concatenate()([pooled, convolved])
    return _conv(_halving_conv(x, 48, "stem_4"), 96, 1, "stem_5", "relu")


def _block(x: Any, name: str, channels: int, halves: bool, weighs: bool) -> Any:
    from keras import layers

    before = x.shape[-1]
    x = layers.DepthwiseConv2D(3, padding="same", name=f"{name}_depthwise")(x)
    if halves:
        # Keras has no depthwise convolution with unequal strides, so every second row is dropped.
        x = x[:, ::2]
    if weighs:
        means = layers.GlobalAveragePooling2D(keepdims=True)(x)
        squeezed = _conv(means, before // 4, 1, f"{name}_squeeze", "relu")
        share = _conv(squeezed, before, 1, f"{name}_excite", "hard_sigmoid")
        x = layers.Multiply()([x, share])
    wide = _conv(x, 2 * before, 1, f"{name}_expand", _gelu)
    y = _conv(wide, channels, 1, f"{name}_project")
    return y if halves else layers.Add()([x, y])


def _neck(x: Any) -> Any:
    from keras import layers

    pooled = layers.AveragePooling2D((FINE_ROWS, 2))(x)
    skip = _conv(pooled, FEATURES, 1, "neck_skip", "silu")
    y = _conv(pooled, FEATURES, 1, "neck_in", "silu")
    mix = layers.DepthwiseConv2D((1, 7), padding="same", activation="silu", name="neck_mix")
    y = layers.Reshape((-1, FEATURES))(layers.Add()([y, mix(y)]))
    for number in (1, 2):
        y = _attention(y, f"attention_{number}")
    y = layers.LayerNormalization(epsilon=_LAST_EPSILON, name="last_norm")(y)
    return layers.Add()([y, layers.Reshape((-1, FEATURES))(skip)])


def _attention(y: Any, name: str) -> Any:
    from keras import layers, ops

    normed = layers.LayerNormalization(epsilon=_EPSILON, name=f"{name}_norm")(y)
    joint = layers.Dense(3 * FEATURES, name=f"{name}_query_key_value")(normed)
    split = layers.Reshape((-1, 3, _HEADS, _HEAD_WIDTH))(joint)
    query, key, value = (ops.transpose(split[:, :, part], (0, 2, 1, 3)) for part in range(3))
    scores = ops.matmul(query * _HEAD_WIDTH**-0.5, ops.transpose(key, (0, 1, 3, 2)))
    found = ops.transpose(ops.matmul(ops.softmax(scores), value), (0, 2, 1, 3))
    joined = layers.Dense(FEATURES, name=f"{name}_joined")(layers.Reshape((-1, FEATURES))(found))
    y = layers.Add()([y, joined])
    normed = layers.LayerNormalization(epsilon=_EPSILON, name=f"{name}_norm_2")(y)
    wide = layers.Dense(2 * FEATURES, activation="silu", name=f"{name}_wide")(normed)
    return layers.Add()([y, layers.Dense(FEATURES, name=f"{name}_narrow")(wide)])
