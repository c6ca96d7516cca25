"""What intake does with files that are damaged, too large, of another type, or made to harm."""

import resource
import struct
import time
import zlib

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recognizer import refusals
from recognizer.intake import CleanImage, clean
from tests.makers import blank_png, decoded, digits_png, encoded, photo_jpeg
from tests.recognizer.test_intake import COLOR, FILES, GREY

MAX_BYTES = 1_000_000


def cleaned(data: bytes) -> CleanImage:
    return clean(data, max_bytes=MAX_BYTES)


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def png(width: int, height: int, packed: bytes) -> bytes:
    """A PNG that promises so many grey pixels and holds these."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


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
    header[sides : sides + 4] = struct.pack(">HH", 7072, 7072)
    with pytest.raises(refusals.TooManyPixels, match="50 megapixels"):
        cleaned(bytes(header))


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


SEEDS = [
    *FILES.values(),
    encoded(GREY.convert("LA"), "PNG"),
    encoded(COLOR.quantize(8), "PNG"),
    encoded(COLOR.quantize(8), "PNG", transparency=3),
    encoded(GREY, "PNG", save_all=True, append_images=[GREY.rotate(9)]),
    photo_jpeg("4", orientation=6, scale=1),
    encoded(COLOR.convert("CMYK"), "JPEG", progressive=True),
    encoded(COLOR, "WEBP", save_all=True, append_images=[COLOR.rotate(9)]),
    encoded(GREY, "GIF", save_all=True, append_images=[GREY.rotate(9)]),
    encoded(GREY.convert("1"), "BMP"),
]


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    """A good file with bytes changed, lost or put in, half of all changes near its start."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 4))):
        last = draw(st.sampled_from([min(len(data), 100), len(data)]))
        at = draw(st.integers(0, last))
        lost = draw(st.integers(0, 4))
        data[at : at + lost] = draw(st.binary(max_size=4))
    return bytes(data[: draw(st.sampled_from([len(data), draw(st.integers(0, len(data)))]))])


def is_answered(data: bytes) -> bool:
    """Whether a whole picture comes out, or a refusal; any other error is passed on."""
    try:
        image = cleaned(data)
    except refusals.Refusal as refusal:
        return refusal.status in {400, 415, 422}
    return decoded(image.encoded).size == (image.width, image.height)


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=400, deadline=None)
@given(data=damaged_files())
@example(data=FILES["GIF"][:13])
def test_damaged_bytes_end_in_a_picture_or_a_refusal(data: bytes) -> None:
    assert is_answered(data)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("image_format", FILES)
def test_a_file_cut_anywhere_ends_in_a_picture_or_a_refusal(image_format: str) -> None:
    data = FILES[image_format]
    assert all(is_answered(data[:length]) for length in range(0, len(data), 1 + len(data) // 150))
