"""Pictures that are fine, and that a careless program would lose the digits of."""

import numpy as np
from PIL import Image

from recognizer.models import Prediction
from tests.hostile.case import TOO_SMALL, Case, Wanted, taken
from tests.hostile.pictures import COLOR, GREY, TEXT, in_transparency
from tests.makers import blank_png, digits_image, encoded

READ = taken(text=TEXT)
FIRST_FRAME = taken(text=TEXT, more_frames=True)
NOTHING = taken(text="", state=Prediction.State.NOTHING)


def cases() -> list[Case]:
    transparent = in_transparency()
    inverted = GREY.point(lambda value: 255 - value)
    return [
        _png("one pixel", blank_png(1, 1), TOO_SMALL),
        _png("a white sheet", blank_png(28, 28), NOTHING),
        _png("a black sheet", blank_png(28, 28, grey=0), NOTHING),
        _png("16-bit greys", encoded(_sixteen_bits(), "PNG")),
        _png("two colours", encoded(GREY.convert("1"), "PNG")),
        _png("black ink on nothing", encoded(transparent.convert("RGBA"), "PNG")),
        _png("grey ink on nothing", encoded(transparent, "PNG")),
        _png("a palette on nothing", encoded(transparent.convert("RGBA").quantize(16), "PNG")),
        _jpeg("inks of print", encoded(COLOR.convert("CMYK"), "JPEG")),
        _png("light on dark", encoded(inverted, "PNG")),
        _jpeg("a progressive JPEG", encoded(COLOR, "JPEG", progressive=True)),
        _animation("a GIF of two frames", "gif", GREY, inverted),
        _animation("a WebP of two frames", "webp", COLOR, inverted.convert("RGB")),
        _jpeg("a photo of 12 megapixels", encoded(_photo(), "JPEG", quality=80)),
        _jpeg("a JPEG of two pictures", _two_pictures()),
    ]


def _png(subject: str, data: bytes, wanted: Wanted = READ) -> Case:
    return Case(subject, "unusual.png", "image/png", data, wanted)


def _jpeg(subject: str, data: bytes) -> Case:
    return Case(subject, "unusual.jpg", "image/jpeg", data, taken("jpg", text=TEXT))


def _animation(subject: str, extension: str, first: Image.Image, second: Image.Image) -> Case:
    data = encoded(first, extension.upper(), save_all=True, append_images=[second])
    return Case(subject, f"unusual.{extension}", f"image/{extension}", data, FIRST_FRAME)


def _sixteen_bits() -> Image.Image:
    """Ink of 3,000 on paper of 65,535: what a plain conversion turns into white."""
    share = np.asarray(GREY, np.float64) / 255
    return Image.fromarray((3000 + share * (65_535 - 3000)).astype(np.uint16))


def _photo() -> Image.Image:
    return digits_image(TEXT, scale=8).resize((4000, 3000)).convert("RGB")


def _two_pictures() -> bytes:
    return encoded(COLOR, "MPO", save_all=True, append_images=[COLOR.rotate(180)])
