"""Layers that both networks are built of."""

from typing import Any


def residual(features: Any) -> Any:
    """A residual block: two convolutions, whose result is added to the features."""
    import keras

    channels = features.shape[-1]
    change = convolve(convolve(features, channels), channels, rectified=False)
    return keras.layers.ReLU()(keras.layers.Add()([features, change]))


def convolve(
    features: Any,
    channels: int,
    *,
    size: int | tuple[int, int] = 3,
    strides: int | tuple[int, int] = 1,
    rectified: bool = True,
) -> Any:
    """A convolution, a batch normalization, and a rectifier unless `rectified` is False."""
    import keras

    # The normalization that follows adds its own offset, so the convolution needs none.
    features = keras.layers.Conv2D(
        channels,
        size,
        strides=strides,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )(features)
    features = keras.layers.BatchNormalization(momentum=0.98)(features)
    return keras.layers.ReLU()(features) if rectified else features
