"""What intake does with files that are damaged, too large, of another type, or made to harm."""

import resource
import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from recognizer import refusals
from recognizer.intake.cleaning import CleanImage, clean
from tests.hostile.case import chunk, png
from tests.makers import blank_png, digits_png, encoded
from tests.recognizer.intake.test_cleaning import COLOR, FILES, GREY

MAX_BYTES = 1_000_000


def cleaned(data: bytes) -> CleanImage:
    return clean(data, max_bytes=MAX_BYTES)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(refusals.EmptyFile):
        cleaned(b"")


def test_the_limit_of_bytes_is_itself_allowed() -> None:
    data = digits_png()
    assert clean(data, max_bytes=len(data))
    with pytest.raises(refusals.FileTooLarge):
        clean(data, max_bytes=len(data) - 1)


@pytest.mark.parametrize(
    ("size", "refusal"),
    [
        ((4001, 4000), refusals.TooManyPixels),
        ((10_001, 8), refusals.SideTooLong),
        ((8, 10_001), refusals.SideTooLong),
        ((7, 100), refusals.TooSmall),
        ((100, 7), refusals.TooSmall),
    ],
)
def test_sizes_beyond_the_limits_are_refused(
    size: tuple[int, int], refusal: type[refusals.Refusal]
) -> None:
    with pytest.raises(refusal):
        cleaned(blank_png(*size))


@pytest.mark.parametrize("size", [(4000, 4000), (10_000, 8), (8, 8)])
def test_sizes_at_the_limits_are_taken(size: tuple[int, int]) -> None:
    image = cleaned(blank_png(*size))
    assert (image.width, image.height) == size


def test_a_jpeg_has_a_higher_limit() -> None:
    header = bytearray(FILES["JPEG"])
    sides = header.index(b"\xff\xc0") + 5
    header[sides : sides + 4] = struct.pack(">HH", 7212, 7212)
    with pytest.raises(refusals.TooManyPixels, match="52 megapixels"):
        cleaned(bytes(header))


@pytest.mark.parametrize("size", [(8192, 6144), (6144, 8192), (8256, 6192), (8736, 5856)])
def test_what_cameras_of_50_megapixels_write_is_taken(size: tuple[int, int]) -> None:
    data = encoded(Image.new("L", size, 255), "JPEG")
    assert cleaned(data).size == (size[0] // 2, size[1] // 2)


@pytest.mark.parametrize("image_format", FILES)
@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
def test_truncated_files_are_damaged(image_format: str, share: float) -> None:
    data = FILES[image_format]
    with pytest.raises(refusals.ImageDamaged):
        cleaned(data[: int(len(data) * share)])


def test_a_png_that_lacks_rows_is_damaged() -> None:
    with pytest.raises(refusals.ImageDamaged):
        cleaned(png(64, 64, zlib.compress(bytes(65))))


def test_a_palette_picture_without_its_palette_is_damaged() -> None:
    data = encoded(COLOR.quantize(8), "PNG")
    start = data.index(b"PLTE") - 4
    with pytest.raises(refusals.ImageDamaged):
        cleaned(data[:start] + data[data.index(b"IDAT") - 4 :])


def test_a_png_that_only_lost_its_end_is_whole() -> None:
    assert (cleaned(FILES["PNG"][:-12]).pixels == np.asarray(GREY)).all()


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (b"hello, I am text\n", "not a picture that can be read"),
        (b"<!doctype html><script>alert(1)</script>", "not a picture that can be read"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b'<?xml version="1.0"?><svg/>', "SVG"),
        (b"%PDF-1.4\n", "PDF"),
        (encoded(COLOR, "EPS"), "EPS"),
        (encoded(GREY, "TIFF"), "TIFF"),
        (b"8BPS\0\1" + bytes(800), "Photoshop"),
        (b"\0\0\0\x18ftypheic" + bytes(80), "HEIC"),
        (b"\0\0\0\x1cftypavif" + bytes(80), "AVIF"),
        (b"PK\x03\x04" + bytes(80), "ZIP"),
        (FILES["PNG"].replace(b"\r\n", b"\n"), "damaged in transfer"),
        (encoded(GREY, "ICO"), "not a picture that can be read"),
        (b"P5 28 28 255\n" + bytes(784), "not a picture that can be read"),
    ],
)
def test_other_types_are_refused_with_a_hint(data: bytes, hint: str) -> None:
    with pytest.raises(refusals.UnsupportedType, match=hint) as refused:
        cleaned(data)
    assert "Send a PNG, JPEG, WebP, BMP or GIF picture." in str(refused.value)


@pytest.mark.parametrize("size", [(65_535, 65_535), (2**31 - 1, 2**31 - 1), (10_000, 10_000)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    bomb = png(*size, zlib.compress(b"0"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    with pytest.raises(refusals.TooManyPixels):
        cleaned(bomb)
    assert time.perf_counter() - started < 0.05
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000


@pytest.mark.parametrize(("kind", "begin"), [(b"zTXt", b"Comment\0\0"), (b"iCCP", b"x\0\0")])
def test_packed_metadata_is_not_unpacked_without_bounds(kind: bytes, begin: bytes) -> None:
    bomb = chunk(kind, begin + zlib.compress(bytes(60_000_000)))
    with pytest.raises(refusals.ImageDamaged):
        cleaned(FILES["PNG"][:33] + bomb + FILES["PNG"][33:])
