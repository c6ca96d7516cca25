"""Colours of 10 and 12 bits in PNGs of 16, which Pillow's own decoding turns into black."""

import struct
import zlib

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.reader import read
from recognizer.intake.cleaning import clean
from tests.hostile.case import PNG_SIGNATURE, chunk
from tests.makers import decoded, digits_image

GREYS = np.asarray(digits_image("0815"), np.uint32)
# By PNG's colour type: RGB, grey with transparency, RGB with transparency.
CHANNELS = {2: 3, 4: 2, 6: 4}


def deep_png(values: NDArray[np.integer], color_type: int) -> bytes:
    """A PNG of 16 bits from (height, width, channels) values."""
    height, width = values.shape[:2]
    shape = struct.pack(">IIBBBBB", width, height, 16, color_type, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return b"".join(
        [PNG_SIGNATURE, chunk(b"IHDR", shape), chunk(b"IDAT", zlib.compress(rows)),
         chunk(b"IEND", b"")]
    )  # fmt: skip


def written(color_type: int, depth: int, *, alpha: int = 65_535) -> bytes:
    """Digits whose values use this many bits."""
    channels = CHANNELS[color_type]
    values = np.repeat((GREYS * (2**depth - 1) // 255)[..., None], channels, axis=2)
    if color_type != 2:
        values[..., -1] = alpha
    return deep_png(values, color_type)


def pixels_of(data: bytes) -> NDArray[np.uint8]:
    return clean(data, max_bytes=10**7).pixels


@pytest.mark.parametrize("color_type", CHANNELS)
@pytest.mark.parametrize("depth", [8, 10, 12, 14, 16])
def test_every_color_has_its_upper_eight_bits(color_type: int, depth: int) -> None:
    pixels = pixels_of(written(color_type, depth))
    assert np.abs(pixels.astype(int) - GREYS[..., None]).max() <= 1
    assert read(pixels).text == "0815"


def test_pillow_alone_would_see_black() -> None:
    """Or this module could go."""
    assert np.asarray(decoded(written(2, 10))).max() <= 3


def test_transparency_is_stretched_apart_from_colors() -> None:
    assert read(pixels_of(written(6, 10, alpha=1023))).text == "0815"
    assert read(pixels_of(written(6, 16, alpha=1023))).text == "0815"


def test_channels_are_not_mixed_up() -> None:
    values = np.zeros((9, 300, 3), np.uint16)
    values[..., 0], values[..., 1], values[..., 2] = 1023, 512, 4
    assert pixels_of(deep_png(values, 2))[3, 150].tolist() == [255, 128, 1]


def test_a_black_picture_stays_black() -> None:
    assert pixels_of(deep_png(np.zeros((9, 9, 3), np.uint16), 2)).max() == 0
