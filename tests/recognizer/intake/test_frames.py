"""The frame of an animation that is read."""

import struct

import numpy as np
import pytest
from PIL import Image

from mlmodel.reader import read
from recognizer.intake import frames
from recognizer.intake.cleaning import CleanImage, clean
from tests.makers import blank_png, decoded, digits_image, encoded

WRITTEN = digits_image("42").convert("RGB")
OTHER = digits_image("17").resize(WRITTEN.size).convert("RGB")
BLANK = Image.new("RGB", WRITTEN.size, "white")
FORMATS = ["GIF", "PNG", "WEBP"]


def animation(image_format: str, *pictures: Image.Image) -> bytes:
    options = {"lossless": True} if image_format == "WEBP" else {}
    return encoded(
        pictures[0],
        image_format,
        save_all=True,
        append_images=pictures[1:],
        duration=100,
        **options,
    )


def cleaned(data: bytes) -> CleanImage:
    return clean(data, max_bytes=10**7)


def text_of(image: CleanImage) -> str:
    return read(image.pixels).text


@pytest.mark.parametrize("image_format", FORMATS)
def test_the_first_frame_with_writing_is_read_and_kept(image_format: str) -> None:
    grey = Image.new("RGB", WRITTEN.size, (200, 200, 200))
    image = cleaned(animation(image_format, BLANK, grey, WRITTEN, OTHER))
    assert text_of(image) == "42"
    assert image.more_frames
    assert np.abs(np.asarray(decoded(image.encoded).convert("L"), int)
                  - np.asarray(WRITTEN.convert("L"), int)).mean() < 2  # fmt: skip


@pytest.mark.parametrize("image_format", FORMATS)
def test_a_first_frame_with_writing_is_read_whatever_follows(image_format: str) -> None:
    assert text_of(cleaned(animation(image_format, WRITTEN, BLANK, OTHER))) == "42"


def test_a_transparent_first_frame_is_blank() -> None:
    clear = Image.new("RGBA", WRITTEN.size, (0, 0, 0, 0))
    assert text_of(cleaned(animation("WEBP", clear, WRITTEN.convert("RGBA")))) == "42"


@pytest.mark.parametrize("image_format", FORMATS)
def test_where_no_frame_has_writing_the_first_is_kept(image_format: str) -> None:
    grey = Image.new("RGB", BLANK.size, (128, 128, 128))
    image = cleaned(animation(image_format, BLANK, grey))
    assert image.more_frames
    assert image.pixels.min() >= 254


def test_frames_that_are_looked_at_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = animation("GIF", BLANK, Image.new("RGB", BLANK.size, "grey"), WRITTEN)
    monkeypatch.setattr(frames, "MAX_FRAMES", 2)
    assert text_of(cleaned(data)) == ""
    monkeypatch.setattr(frames, "MAX_FRAMES", 3)
    assert text_of(cleaned(data)) == "42"


def test_pixels_that_are_looked_at_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MAX_MEGAPIXELS", 0)
    assert text_of(cleaned(animation("GIF", BLANK, WRITTEN))) == ""


@pytest.mark.parametrize("image_format", ["GIF", "PNG"])
def test_damage_after_the_first_frame_leaves_the_first(image_format: str) -> None:
    data = animation(image_format, BLANK, WRITTEN)
    image = cleaned(data[: int(len(data) * 0.6)])
    assert image.more_frames
    assert image.pixels.min() >= 254


def test_a_frame_beyond_the_picture_s_sides_is_not_looked_at() -> None:
    """A later frame of a GIF may enlarge the picture, past limits that were checked before."""
    on_black = WRITTEN.point(lambda value: 255 - value)
    data = bytearray(animation("GIF", BLANK, on_black))
    assert text_of(cleaned(bytes(data))) == "42"
    second = data.rindex(b"\x2c\0\0\0\0") + 5
    data[second : second + 4] = struct.pack("<HH", 7000, 7000)
    image = cleaned(bytes(data))
    assert (image.size, image.pixels.min()) == (BLANK.size, 255)


def test_a_single_picture_is_its_own_first_frame() -> None:
    assert frames.first_written_frame(blank_png(), "PNG") == 0
