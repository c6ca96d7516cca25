"""Small pictures for pages: thumbnails, and the 28x28 that the model saw."""

import io
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mlmodel.digits.normalize import FRAME_SIDE_PX

THUMBNAIL_SIDE_PX = 240
# Of the map of what mattered. Where hardly anything does, it must not look as if much did.
FULL_HEAT_FROM = 0.05
GREY_INK, HEAT_COLOR = 0.45, (196, 78, 0)


def frame_png(frame: bytes) -> bytes:
    """A stored frame (28x28 bytes, 255 is ink) as a PNG, dark ink on white."""
    pixels = np.frombuffer(frame, np.uint8).reshape(FRAME_SIDE_PX, FRAME_SIDE_PX)
    return _encode(Image.fromarray(255 - pixels), "PNG")


def occlusion_png(frame: NDArray[np.float32], drops: NDArray[np.float32]) -> bytes:
    """What an answer rests on, as a PNG: orange over grey ink on white.

    Args:
        frame: (28, 28) in 0..1, ink is 1.
        drops: (28, 28) in -1..1, of mlmodel.digits.occlusion; the largest is full orange.
    """
    heat = np.clip(drops / max(float(drops.max()), FULL_HEAT_FROM), 0, 1)[..., np.newaxis]
    paper = np.float32(1) - frame[..., np.newaxis] * GREY_INK
    pixels = paper * (1 - heat) + np.array(HEAT_COLOR, np.float32) / 255 * heat
    return _encode(Image.fromarray(np.round(pixels * 255).astype(np.uint8)), "PNG")


def thumbnail_jpeg(file: IO[bytes]) -> bytes:
    """A stored picture, made to fit into a square of THUMBNAIL_SIDE_PX."""
    with Image.open(file, formats=("PNG", "JPEG")) as opened:
        # A JPEG is decoded at a fraction of its size: 10 ms instead of 60 for 12 megapixels.
        opened.draft(None, (THUMBNAIL_SIDE_PX * 2, THUMBNAIL_SIDE_PX * 2))
        opened.thumbnail((THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX))
        return _encode(opened.convert("RGB"), "JPEG", quality=80)


def _encode(image: Image.Image, image_format: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()
