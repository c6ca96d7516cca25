"""What the most costly pictures that are taken cost."""

import struct
import time
import zlib
from collections.abc import Callable
from functools import partial

import pytest
from PIL import Image

from recognizer.intake.cleaning import clean
from recognizer.intake.frames import MAX_FRAMES
from tests.hostile.case import PNG_SIGNATURE, chunk
from tests.hostile.peak_memory import watch_peak
from tests.makers import encoded

SIDE_PX = 4000
JPEG_SIDE_PX = 7211
PROGRESSIVE_SIDE_PX = 4898
# Of a WebP with transparency, which libwebp holds three times over; others take 120.
MAX_GROWTH_MB = 256
# Of a core: half a second to 1.5 s. A clock would count what else the machine does.
MAX_SECONDS = 5


def deep_png(*, interlaced: bool) -> bytes:
    """16 bits for each of red, green, blue and transparency: 128 MB, in 150 kB."""
    shape = struct.pack(">IIBBBBB", SIDE_PX, SIDE_PX, 16, 6, 0, 0, interlaced)
    packer = zlib.compressobj(9)
    row = bytes(1 + SIDE_PX * 8)
    packed = [packer.compress(row) for _ in range(SIDE_PX + 100)]
    rows = chunk(b"IDAT", b"".join([*packed, packer.flush()]))
    return PNG_SIGNATURE + chunk(b"IHDR", shape) + rows + chunk(b"IEND", b"")


def webp() -> bytes:
    return encoded(Image.new("RGBA", (SIDE_PX, SIDE_PX), (1, 2, 3, 4)), "WEBP", lossless=True)


def gif() -> bytes:
    return encoded(Image.new("P", (SIDE_PX, SIDE_PX)), "GIF")


def blank_animation(image_format: str, side: int, frames: int) -> bytes:
    """Frames without writing, so that as many as possible are looked at."""
    pictures = [Image.new("RGBA", (side, side), (number, 2, 3, 255)) for number in range(frames)]
    return encoded(pictures[0], image_format, save_all=True, append_images=pictures[1:])


def textured_gif() -> bytes:
    """Frames without writing that are full of ink."""
    ink = [Image.effect_noise((1000, 1000), 90).convert("1") for _ in range(MAX_FRAMES)]
    return encoded(ink[0], "GIF", save_all=True, append_images=ink[1:])


def jpeg() -> bytes:
    return encoded(_printed(JPEG_SIDE_PX), "JPEG")


def progressive_jpeg() -> bytes:
    return encoded(_printed(PROGRESSIVE_SIDE_PX), "JPEG", progressive=True)


def _printed(side: int) -> Image.Image:
    return Image.new("CMYK", (side, side), (1, 2, 3, 4))


@pytest.mark.parametrize(
    "make",
    [
        partial(deep_png, interlaced=False),
        partial(deep_png, interlaced=True),
        webp,
        gif,
        partial(blank_animation, "GIF", SIDE_PX, 3),
        partial(blank_animation, "PNG", SIDE_PX, 3),
        partial(blank_animation, "WEBP", SIDE_PX, 3),
        partial(blank_animation, "GIF", 1000, MAX_FRAMES + 1),
        textured_gif,
        jpeg,
        progressive_jpeg,
    ],
    ids=[
        "deep PNG",
        "interlaced PNG",
        "WebP",
        "GIF",
        "large GIF frames",
        "large PNG frames",
        "large WebP frames",
        "GIF frames",
        "textured GIF",
        "JPEG",
        "progressive JPEG",
    ],
)
def test_a_picture_at_the_limits_stays_within_time_and_memory(make: Callable[[], bytes]) -> None:
    data = make()
    grown = watch_peak()
    started = time.process_time()
    assert clean(data, max_bytes=10 * 2**20)
    seconds, megabytes = time.process_time() - started, grown()
    assert seconds < MAX_SECONDS
    assert megabytes < MAX_GROWTH_MB
