"""Small pictures for pages: thumbnails, and the 28x28 that the model saw."""

import base64
import io
from typing import IO

import numpy as np
from PIL import Image

from mlmodel.digits.normalize import FRAME_SIDE_PX

THUMBNAIL_SIDE_PX = 240
DIGIT_HEIGHT_PX = 112
# How much of a digit's height is shown around it: a stroke of it may stand outside its box.
AROUND_DIGIT = 0.2


def frame_png(frame: bytes) -> bytes:
    """A stored frame (28x28 bytes, 255 is ink) as a PNG, dark ink on white."""
    pixels = np.frombuffer(frame, np.uint8).reshape(FRAME_SIDE_PX, FRAME_SIDE_PX)
    return encode(Image.fromarray(255 - pixels), "PNG")


def frame_data_uri(frame: bytes | memoryview) -> str:
    """A stored frame as a picture that a page can show without another request."""
    return f"data:image/png;base64,{base64.b64encode(frame_png(bytes(frame))).decode()}"


def thumbnail_jpeg(file: IO[bytes]) -> bytes:
    """A stored picture as a JPEG, reduced to fit into a square of THUMBNAIL_SIDE_PX."""
    with Image.open(file, formats=("PNG", "JPEG")) as opened:
        # A JPEG is decoded at a fraction of its size: 10 ms instead of 60 for 12 megapixels.
        opened.draft(None, (THUMBNAIL_SIDE_PX * 2, THUMBNAIL_SIDE_PX * 2))
        opened.thumbnail((THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX))
        return encode(opened.convert("RGB"), "JPEG", quality=80)


def digit_jpeg(file: IO[bytes], box: tuple[int, int, int, int]) -> bytes:
    """A digit in its picture, DIGIT_HEIGHT_PX high, with what stands close beside it.

    Args:
        box: x, y, width, height in pixels of the picture.
    """
    x, y, width, height = box
    around = height * AROUND_DIGIT
    with Image.open(file, formats=("PNG", "JPEG")) as opened:
        part = (
            max(round(x - around), 0),
            max(round(y - around), 0),
            min(round(x + width + around), opened.width),
            min(round(y + height + around), opened.height),
        )
        digit = opened.convert("RGB").crop(part)
    scale = DIGIT_HEIGHT_PX / digit.height
    size = (max(min(round(digit.width * scale), 2 * DIGIT_HEIGHT_PX), 1), DIGIT_HEIGHT_PX)
    return encode(digit.resize(size, Image.Resampling.LANCZOS), "JPEG", quality=80)


def encode(image: Image.Image, image_format: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()
