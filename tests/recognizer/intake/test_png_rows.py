import struct
import tracemalloc
import zlib

import pytest

from recognizer.intake.png_rows import require_all_rows
from recognizer.refusals import ImageDamaged
from tests.makers import digits_image, encoded

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def png(
    raw: bytes,
    *,
    width: int = 10,
    height: int = 6,
    depth: int = 8,
    color_type: int = 0,
    interlaced: bool = False,
) -> bytes:
    """A PNG whose rows, with their filter bytes, are these bytes."""
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, interlaced)
    return (
        SIGNATURE
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


# Signature and header of a grey picture of 10x6.
HEADER = png(b"")[: 8 + 25]
# Depth, colour type, and the bytes that the rows of 10x6 pixels take with them.
ROWS = [
    (1, 0, 6 * (1 + 2)),
    (2, 3, 6 * (1 + 3)),
    (4, 3, 6 * (1 + 5)),
    (8, 0, 6 * (1 + 10)),
    (16, 0, 6 * (1 + 20)),
    (8, 2, 6 * (1 + 30)),
    (16, 6, 6 * (1 + 80)),
    (8, 4, 6 * (1 + 20)),
]
# Which of Adam7's seven passes holds which pixel of 8x8 (PNG specification, 8.2).
ADAM7 = (
    "16462646",
    "77777777",
    "56565656",
    "77777777",
    "36463646",
    "77777777",
    "56565656",
    "77777777",
)


@pytest.mark.parametrize(("depth", "color_type", "size"), ROWS)
def test_whole_pictures_pass(depth: int, color_type: int, size: int) -> None:
    require_all_rows(png(bytes(size), depth=depth, color_type=color_type))


@pytest.mark.parametrize(("depth", "color_type", "size"), ROWS)
def test_a_byte_too_few_is_damage(depth: int, color_type: int, size: int) -> None:
    with pytest.raises(ImageDamaged):
        require_all_rows(png(bytes(size - 1), depth=depth, color_type=color_type))


@pytest.mark.parametrize(
    ("width", "height"), [(1, 1), (3, 1), (1, 5), (5, 2), (8, 8), (9, 17), (10, 6)]
)
def test_interlaced_pictures_are_counted_pass_by_pass(width: int, height: int) -> None:
    raw = interlaced_rows(width, height)
    require_all_rows(png(raw, width=width, height=height, interlaced=True))
    with pytest.raises(ImageDamaged):
        require_all_rows(png(raw[:-1], width=width, height=height, interlaced=True))


def interlaced_rows(width: int, height: int) -> bytes:
    """The rows of all seven passes, with their pixels counted one by one."""
    counts = (
        sum(ADAM7[y % 8][x % 8] == number for x in range(width))
        for number in "1234567"
        for y in range(height)
    )
    return b"".join(bytes(1 + columns) for columns in counts if columns)


def test_one_row_of_sixty_four_is_damage() -> None:
    with pytest.raises(ImageDamaged):
        require_all_rows(png(bytes(65), width=64, height=64))


def test_what_follows_the_rows_does_not_count() -> None:
    require_all_rows(png(bytes(6 * 11 + 1000)) + b"<html>a tail</html>")


def test_a_lost_end_chunk_does_no_harm() -> None:
    require_all_rows(encoded(digits_image("42"), "PNG")[:-12])


def test_data_in_many_small_chunks_is_put_together() -> None:
    packed = zlib.compress(bytes(66))
    parts = b"".join(chunk(b"IDAT", packed[i : i + 1]) for i in range(len(packed)))
    require_all_rows(HEADER + chunk(b"IDAT", b"") + parts)


def test_data_after_another_chunk_does_not_count() -> None:
    packed = zlib.compress(bytes(66))
    first, second = chunk(b"IDAT", packed[:6]), chunk(b"IDAT", packed[6:])
    require_all_rows(HEADER + first + second)
    with pytest.raises(ImageDamaged):
        require_all_rows(HEADER + first + chunk(b"tEXt", b"a\0b") + second)


def test_an_animation_is_judged_by_its_first_frame() -> None:
    frames = [digits_image(text) for text in ("42", "17")]
    require_all_rows(encoded(frames[0], "PNG", save_all=True, append_images=frames[1:]))
    later = chunk(b"fcTL", bytes(26)) + chunk(b"fdAT", bytes(4) + zlib.compress(bytes(66)))
    with pytest.raises(ImageDamaged):
        require_all_rows(HEADER + chunk(b"IDAT", zlib.compress(bytes(11))) + later)


@pytest.mark.parametrize("data", [SIGNATURE, SIGNATURE + chunk(b"IDAT", zlib.compress(b"0"))])
def test_a_picture_without_header_is_damaged(data: bytes) -> None:
    with pytest.raises(ImageDamaged):
        require_all_rows(data)


def test_an_unknown_color_type_is_damage() -> None:
    with pytest.raises(ImageDamaged):
        require_all_rows(png(bytes(1000), color_type=5))


def test_a_flood_is_not_unpacked_at_once() -> None:
    flood = png(bytes(16_000 * 1001), width=1000, height=16_000)
    tracemalloc.start()
    require_all_rows(flood)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
