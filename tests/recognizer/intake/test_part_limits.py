import struct
import time

import pytest
from PIL import Image

from recognizer.intake import part_limits
from recognizer.intake.cleaning import clean
from recognizer.refusals import ImageDamaged, TooManyParts, TooManyPixels, UnsupportedType
from tests.hostile.case import PNG_SIGNATURE, after_start, black_rows, chunk, header, jpeg_segment
from tests.hostile.pictures import GREY, JPEG, PNG
from tests.makers import encoded

MAX_BYTES = 10 * 2**20
GIF = encoded(GREY, "GIF")
# The largest picture that may have several scans: 24 megapixels.
SIDE_PX = 4896


def taken(data: bytes) -> bool:
    return clean(data, max_bytes=MAX_BYTES).size == GREY.size


def refused(data: bytes) -> bool:
    with pytest.raises(TooManyParts):
        clean(data, max_bytes=MAX_BYTES)
    return True


def progressive(scans: int, side: int = SIDE_PX) -> bytes:
    """A grey JPEG of a few kilobytes whose scans each go over all of its blocks."""
    blocks = (side // 8) ** 2
    first = jpeg_segment(0xDA, b"\1\1\0\0\0\0") + bytes(blocks // 8 + 1)
    # One code stands for the longest run of empty blocks, and 14 more bits say: 32,767 blocks.
    runs = "0" + "1" * 14
    bits = runs * (blocks // 32_767 + 1)
    run_bytes = int(bits + "1" * (-len(bits) % 8), 2).to_bytes((len(bits) + 7) // 8)
    further = jpeg_segment(0xDA, b"\1\1\0\1\x3f\0") + run_bytes.replace(b"\xff", b"\xff\0")
    return b"".join(
        [
            b"\xff\xd8",
            jpeg_segment(0xDB, bytes(1) + b"\1" * 64),
            jpeg_segment(0xC2, b"\x08" + struct.pack(">HH", side, side) + b"\1\1\x11\0"),
            jpeg_segment(0xC4, b"\x00" + bytes([1]) + bytes(15) + b"\0"),
            jpeg_segment(0xC4, b"\x10" + bytes([1]) + bytes(15) + b"\xe0"),
            first,
            further * (scans - 1),
            b"\xff\xd9",
        ]
    )


def png_with(chunks: bytes) -> bytes:
    width, height = GREY.size
    rows = chunk(b"IDAT", black_rows(width, height)) + chunk(b"IEND", b"")
    return PNG_SIGNATURE + header(width, height) + chunks + rows


def gif_with(blocks: bytes) -> bytes:
    """The GIF with blocks before its first frame."""
    start = GIF.index(b"\x2c", 13 + 3 * 256)
    return GIF[:start] + blocks + GIF[start:]


def test_the_most_segments_of_a_jpeg_are_taken_and_one_more_is_not() -> None:
    own = 8  # of the picture itself
    assert taken(
        after_start(JPEG, jpeg_segment(0xFE, b"x") * (part_limits.MAX_JPEG_SEGMENTS - own))
    )
    assert refused(after_start(JPEG, jpeg_segment(0xFE, b"x") * part_limits.MAX_JPEG_SEGMENTS))


def test_a_jpeg_of_too_many_scans_is_refused_at_once() -> None:
    hostile = progressive(part_limits.MAX_JPEG_SCANS + 1)
    started = time.perf_counter()
    assert refused(hostile)
    assert time.perf_counter() - started < 0.05


def test_the_most_scans_of_the_largest_jpeg_are_decoded_in_time() -> None:
    image = clean(progressive(part_limits.MAX_JPEG_SCANS), max_bytes=MAX_BYTES)
    assert image.size == (SIDE_PX // 2, SIDE_PX // 2)


def test_several_scans_are_taken_of_smaller_pictures_alone() -> None:
    with pytest.raises(TooManyPixels, match="24 megapixels"):
        clean(progressive(2, SIDE_PX + 8), max_bytes=MAX_BYTES)


def test_a_scan_s_own_bytes_are_no_markers() -> None:
    noise = encoded(Image.effect_noise((400, 400), 90), "JPEG", quality=98, restart_marker_rows=1)
    assert noise.count(b"\xff\0") > 100
    assert clean(noise, max_bytes=MAX_BYTES)


def test_what_a_segment_holds_is_no_marker() -> None:
    assert taken(after_start(JPEG, jpeg_segment(0xE2, b"\xff\xda" * 1000)))


def test_stray_bytes_before_a_jpeg_s_first_scan_are_bounded() -> None:
    assert taken(after_start(JPEG, b"\xff" * 1000))
    assert refused(after_start(JPEG, b"\xff" * (part_limits.MAX_JPEG_STRAY_BYTES + 1)))


@pytest.mark.parametrize("marker", [0x01, 0x02, 0xC8, 0xD8, 0xF0])
def test_a_marker_that_no_decoder_takes_is_damage(marker: int) -> None:
    """Pillow would read on right after it, where a length may hide any number of segments."""
    with pytest.raises(ImageDamaged):
        clean(after_start(JPEG, jpeg_segment(marker, bytes(10))), max_bytes=MAX_BYTES)


def test_chunks_of_a_png_are_bounded() -> None:
    assert taken(png_with(chunk(b"tEXt", b"k\0") * 20_000))
    assert refused(png_with(chunk(b"tEXt", b"k\0") * part_limits.MAX_PNG_CHUNKS))


def test_chunks_after_the_pixels_count_too() -> None:
    assert refused(PNG[:-12] + chunk(b"tEXt", b"k\0") * part_limits.MAX_PNG_CHUNKS + PNG[-12:])


@pytest.mark.parametrize("block", [b"\x21\xfe\x01a\0", b"\x21\xfe\0", b"\0"])
def test_blocks_of_a_gif_are_bounded(block: bytes) -> None:
    assert taken(gif_with(block * 1000))
    assert refused(gif_with(block * part_limits.MAX_GIF_BLOCKS))


def test_blocks_within_a_block_count_too() -> None:
    assert refused(gif_with(b"\x21\xfe" + b"\1a" * part_limits.MAX_GIF_BLOCKS + b"\0"))


def test_blocks_after_the_first_frame_count_too() -> None:
    assert refused(GIF[:-1] + b"\x21\xfe\x01a\0" * part_limits.MAX_GIF_BLOCKS + GIF[-1:])


def test_a_packed_bmp_is_refused_by_name() -> None:
    data = bytearray(encoded(GREY, "BMP"))
    data[30:34] = struct.pack("<I", 1)
    with pytest.raises(UnsupportedType, match="packed BMP"):
        clean(bytes(data), max_bytes=MAX_BYTES)
