import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps, features

from recognizer.batches.sources.limits import Limits
from recognizer.batches.sources.tiff_directory import (
    COMPRESSION,
    HEIGHT,
    PHOTOMETRIC,
    SAMPLES,
    STRIP_BYTES,
    STRIP_OFFSETS,
    TILE_HEIGHT,
    TILE_WIDTH,
    WIDTH,
)
from recognizer.batches.sources.tiffs import count_pages, pages
from recognizer.intake.cleaning import MAX_MEGAPIXELS
from recognizer.intake.part_limits import MAX_JPEG_SEGMENTS
from recognizer.refusals import Refusal
from tests.hostile.case import after_start, jpeg_segment
from tests.makers import decoded, digits_image, encoded
from tests.recognizer.batches.sources.files import numbered, put, tiff_of, tiff_tags

GREY = digits_image("42", scale=1)
COLOR = Image.merge("RGB", [GREY, GREY.point(lambda value: value // 2), GREY])
DEEP = Image.fromarray(np.asarray(GREY).astype(np.uint16) * 257)
TEN_BITS = Image.fromarray(np.asarray(GREY).astype(np.uint16) * 4)
PALETTE = COLOR.quantize(8)
LIMITS = Limits()
ROWS_PER_STRIP = 278


def pages_of(tiff: bytes, first: int = 0) -> list[bytes | Refusal]:
    return list(pages(io.BytesIO(tiff), LIMITS, first))


def page_of(tiff: bytes) -> Image.Image:
    (page,) = pages_of(tiff)
    assert isinstance(page, bytes), page
    return decoded(page)


def code_of(tiff: bytes) -> str:
    (page,) = pages_of(tiff)
    return page.code if isinstance(page, Refusal) else ""


def with_tag(tiff: bytes, tag: int, number: int) -> bytes:
    return put(tiff, tiff_tags(tiff)[tag] + 8, number, "<H")


@pytest.mark.parametrize(
    ("picture", "options"),
    [
        *((GREY, {"compression": name}) for name in ("raw", "tiff_lzw", "packbits")),
        *((COLOR, {"compression": name}) for name in ("tiff_adobe_deflate", "tiff_deflate")),
        *((GREY.convert("1"), {"compression": f"group{number}"}) for number in (3, 4)),
        (GREY.convert("1"), {"compression": "tiff_ccitt"}),
        (GREY.convert("1"), {}),
        (PALETTE, {"compression": "tiff_lzw"}),
        (COLOR.convert("CMYK"), {}),
        (COLOR.convert("RGBA"), {}),
        (GREY.convert("LA"), {"compression": "tiff_lzw"}),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else str(value),
)
def test_pixels_are_kept(picture: Image.Image, options: dict[str, Any]) -> None:
    page = page_of(tiff_of(picture, **options))
    assert page.tobytes() == picture.convert(page.mode).tobytes()


def test_a_packed_photograph_is_nearly_kept() -> None:
    page = page_of(tiff_of(COLOR, compression="jpeg", quality=95))
    assert abs(np.asarray(page, int) - np.asarray(COLOR, int)).max() < 40


@pytest.mark.parametrize("picture", [DEEP, TEN_BITS], ids=["16 bits", "10 bits"])
def test_deep_greys_are_stretched(picture: Image.Image) -> None:
    assert page_of(tiff_of(picture)).tobytes() == GREY.tobytes()


def test_white_may_be_zero_with_16_bits() -> None:
    tiff = with_tag(tiff_of(DEEP), PHOTOMETRIC, 0)
    assert page_of(tiff).tobytes() == ImageOps.invert(GREY).tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pages_are_turned_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    lying = COLOR.copy()
    lying.getexif()[274] = orientation
    page = page_of(tiff_of(COLOR, exif=exif))
    assert page.tobytes() == ImageOps.exif_transpose(lying).tobytes()


def test_the_lower_and_the_higher_byte_may_come_first() -> None:
    raw = io.BytesIO()
    big_endian = Image.fromarray(np.asarray(DEEP).astype(">u2"))
    big_endian.save(raw, "TIFF")
    assert raw.getvalue()[:2] == b"MM"
    assert page_of(raw.getvalue()).tobytes() == GREY.tobytes()


@pytest.mark.parametrize("name", ["zstd", "webp", "lzma", "jpeg2000"])
def test_rare_packings_are_not_tried(name: str) -> None:
    numbers = {"zstd": 50000, "webp": 50001, "lzma": 34925, "jpeg2000": 34712}
    assert code_of(with_tag(tiff_of(GREY), COMPRESSION, numbers[name])) == "page_unsupported"


@pytest.mark.parametrize("picture", [GREY.convert("F"), GREY.convert("I")], ids=["float", "signed"])
def test_rare_pixels_are_not_tried(picture: Image.Image) -> None:
    assert code_of(tiff_of(picture)) == "page_unsupported"


@pytest.mark.parametrize(
    ("width", "height", "code"),
    [
        (65_000, 65_000, "too_many_pixels"),
        (65_000, 20, "side_too_long"),
        (7, 28, "too_small"),
        (0, 28, "image_damaged"),
    ],
)
def test_stated_sides_are_checked_before_decoding(width: int, height: int, code: str) -> None:
    assert code_of(with_tag(with_tag(tiff_of(GREY), WIDTH, width), HEIGHT, height)) == code


def test_tiles_far_larger_than_the_picture_are_not_unpacked() -> None:
    tiff = with_tag(tiff_of(COLOR), COMPRESSION, 5)
    for tag, number in ((SAMPLES, TILE_WIDTH), (ROWS_PER_STRIP, TILE_HEIGHT)):
        place = tiff_tags(tiff)[tag]
        tiff = put(put(put(tiff, place, number, "<H"), place + 2, 4, "<H"), place + 8, 65_000)
    assert code_of(tiff) == "page_unsupported"


def test_large_scans_in_black_and_white_are_halved() -> None:
    side = 6000
    assert side * side > MAX_MEGAPIXELS * 1_000_000
    scan = Image.new("1", (side, side), 1)
    assert page_of(tiff_of(scan, compression="group4")).size == (side // 2, side // 2)


def test_large_scans_in_colour_are_refused() -> None:
    scan = Image.new("RGB", (6000, 6000))
    assert code_of(tiff_of(scan, compression="tiff_adobe_deflate")) == "too_many_pixels"


def with_jpeg(jpeg: bytes) -> bytes:
    """A TIFF of one grey page whose pixels are this JPEG."""
    tiff = with_tag(tiff_of(GREY), COMPRESSION, 7)
    for tag, number in ((STRIP_OFFSETS, len(tiff)), (STRIP_BYTES, len(jpeg))):
        tiff = put(put(tiff, tiff_tags(tiff)[tag] + 2, 4, "<H"), tiff_tags(tiff)[tag] + 8, number)
    return tiff + jpeg


def test_a_jpeg_inside_has_the_limits_of_any_jpeg() -> None:
    jpeg = encoded(GREY, "JPEG")
    assert code_of(with_jpeg(jpeg)) == ""
    many = after_start(jpeg, jpeg_segment(0xE1, b"") * MAX_JPEG_SEGMENTS)
    assert code_of(with_jpeg(many)) == "too_many_parts"


def test_a_broken_page_does_not_spoil_the_others() -> None:
    tiff = tiff_of(*numbered(3), compression="tiff_adobe_deflate")
    for page in (0, 1, 2):
        broken = put(tiff, tiff_tags(tiff, page)[273] + 8, 2**30)
        found = pages_of(broken)
        assert [isinstance(each, Refusal) for each in found] == [n == page for n in range(3)]


def test_cut_off_pixels_are_no_page() -> None:
    tiff = bytearray(tiff_of(GREY, compression="tiff_adobe_deflate"))
    at = tiff.index(b"\x78", 8)
    tiff[at + 100 : at + 120] = bytes(20)
    assert code_of(bytes(tiff)) == "page_damaged"


def test_pages_are_counted_and_skipped_without_decoding() -> None:
    tiff = tiff_of(*numbered(3))
    assert count_pages(io.BytesIO(tiff), LIMITS) == 3
    assert pages_of(tiff, 1) == pages_of(tiff)[1:]
    assert pages_of(tiff, 3) == []


def test_fax_and_deflate_can_be_read_here() -> None:
    assert features.check("libtiff")
