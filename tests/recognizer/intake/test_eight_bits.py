"""Pictures of every mode in 8 bits, with ink that can be seen."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mlmodel.reader import read
from recognizer.intake.cleaning import clean
from recognizer.intake.eight_bits import bits_used, eight_bits
from tests.makers import digits_image, encoded

GREY = digits_image("0815")
INK = GREY.point(lambda value: 255 - value)


def strokes(color: tuple[int, int, int]) -> Image.Image:
    """Strokes of one colour on nothing."""
    image = Image.new("RGBA", GREY.size, (*color, 0))
    image.putalpha(INK)
    return image


def sheet(ink: int, paper: int) -> Image.Image:
    """A sheet with ink of another tone, and round corners that are transparent."""
    levels = GREY.point(lambda value: ink + (paper - ink) * value // 255)
    image = Image.merge("RGBA", [levels, levels, levels, Image.new("L", GREY.size, 0)])
    corners = Image.new("L", GREY.size, 0)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, *GREY.size), radius=30, fill=255)
    image.putalpha(corners)
    return image


def text_in(data: bytes) -> str:
    return read(clean(data, max_bytes=10**7).pixels).text


def corner_of(image: Image.Image) -> int:
    return int(np.asarray(eight_bits(image).convert("L"))[0, 0])


@pytest.mark.parametrize(
    "color", [(255, 255, 255), (255, 240, 150), (0, 0, 0), (30, 30, 120), (150, 150, 150)]
)
@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
def test_strokes_on_nothing_are_read_in_any_color(
    color: tuple[int, int, int], image_format: str
) -> None:
    options = {"lossless": True} if image_format == "WEBP" else {}
    assert text_in(encoded(strokes(color), image_format, **options)) == "0815"


def test_white_strokes_in_a_palette_are_read_too() -> None:
    assert text_in(encoded(strokes((255, 255, 255)).quantize(16), "PNG")) == "0815"


@pytest.mark.parametrize(("ink", "paper", "around"), [(0, 255, 255), (60, 215, 255), (255, 20, 0)])
def test_a_sheet_with_transparent_corners_lies_on_its_like(
    ink: int, paper: int, around: int
) -> None:
    image = sheet(ink, paper)
    assert corner_of(image) == around
    assert text_in(encoded(image, "PNG")) == "0815"


def test_digits_cut_out_of_white_can_be_seen() -> None:
    stencil = Image.new("RGBA", GREY.size, "white")
    stencil.putalpha(GREY)
    assert text_in(encoded(stencil, "PNG")) == "0815"


def test_a_picture_of_nothing_is_white() -> None:
    assert np.asarray(eight_bits(Image.new("RGBA", (40, 20), (9, 9, 9, 0)))).min() == 255


def test_a_transparent_png_stays_blank_and_a_bmp_is_opaque() -> None:
    image = GREY.convert("RGBA")
    image.putalpha(0)
    assert text_in(encoded(image, "BMP")) == "0815"
    assert text_in(encoded(image, "PNG")) == ""


@pytest.mark.parametrize("depth", [8, 10, 12, 14, 16])
def test_values_in_16_bits_are_stretched_by_the_bits_they_use(depth: int) -> None:
    values = np.asarray(GREY, np.uint16) * ((2**depth - 1) // 255)
    data = encoded(Image.fromarray(values), "PNG")
    assert text_in(data) == "0815"
    assert clean(data, max_bytes=10**7).pixels.max() >= 254


def test_a_black_sheet_of_16_bits_stays_black() -> None:
    assert np.asarray(eight_bits(Image.fromarray(np.zeros((9, 9), np.uint16)))).max() == 0


@pytest.mark.parametrize(
    ("greatest", "depth"), [(0, 8), (255, 8), (256, 10), (1023, 10), (4095, 12), (65_535, 16)]
)
def test_the_greatest_value_tells_the_bits(greatest: int, depth: int) -> None:
    assert bits_used(greatest) == depth
