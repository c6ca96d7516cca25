"""Small files that state, or really unpack to, far more than anybody may send."""

import struct
import zlib

from PIL import Image

from tests.hostile.case import (
    DAMAGED,
    SIDE_TOO_LONG,
    TOO_LARGE,
    TOO_MANY_PIXELS,
    Case,
    Wanted,
    after_start,
    black_rows,
    chunk,
    jpeg_segment,
    png,
    taken,
)
from tests.hostile.pictures import COLOR_JPEG, GREY, JPEG, PNG, TEXT
from tests.makers import encoded

MAX_PNG_SIDE = 2**31 - 1
PACKED_BYTES = 60 * 2**20
# A picture of 28x28 with room for chunks before its pixels.
ROWS = black_rows(28, 28)


def cases() -> list[Case]:
    packed = zlib.compress(bytes(PACKED_BYTES), 9)
    notes = chunk(b"tEXt", b"k\0a-text-note") * 20_000
    return [
        _png("a PNG without columns", png(0, 28, zlib.compress(b"")), DAMAGED),
        Case("a BMP of negative sides", "b.bmp", "image/bmp", _upside_down_bmp(), TOO_MANY_PIXELS),
        _png("a PNG that states 4 gigapixels", png(65_535, 65_535, zlib.compress(bytes(10)))),
        _png("a PNG of the largest sides", png(MAX_PNG_SIDE, MAX_PNG_SIDE, zlib.compress(b"\0"))),
        _png("a PNG of 100 megapixels in 97 kB", png(10_000, 10_000, black_rows(10_000, 10_000))),
        _png("a PNG of 25 megapixels in 24 kB", png(5000, 5000, black_rows(5000, 5000))),
        _jpeg("a JPEG that states 4 gigapixels", _stating(65_500), TOO_MANY_PIXELS),
        _png("a PNG of one row", png(200_000, 1, black_rows(200_000, 1)), SIDE_TOO_LONG),
        _png("a PNG of one column", png(1, 200_000, black_rows(1, 200_000)), SIDE_TOO_LONG),
        _png(
            "a PNG with a text of 60 MB, packed",
            png(28, 28, ROWS, chunk(b"zTXt", b"Comment\0\0" + packed)),
            DAMAGED,
        ),
        _png("a PNG with 20,000 texts", png(28, 28, ROWS, notes), taken(size=(28, 28))),
        _png(
            "a PNG with a profile of 60 MB, packed",
            png(28, 28, ROWS, chunk(b"iCCP", b"x\0\0" + packed)),
            DAMAGED,
        ),
        Case("a GIF of 600 frames", "f.gif", "image/gif", _frames("GIF", 600), _first_frame()),
        _png("a PNG of 300 frames", _frames("PNG", 300), _first_frame()),
        Case("a GIF of a huge screen", "s.gif", "image/gif", _huge_screen(), TOO_MANY_PIXELS),
        Case("a WebP of a huge canvas", "c.webp", "image/webp", _huge_canvas(), TOO_MANY_PIXELS),
        _jpeg(
            "a JPEG with 4 MB of metadata",
            after_start(JPEG, jpeg_segment(0xE1, b"Exif\0\0" + bytes(65_000)) * 60),
            taken("jpg", text=TEXT),
        ),
        _png("a PNG with 11 MB of zeros at its end", PNG + bytes(11 * 2**20), TOO_LARGE),
    ]


def _png(subject: str, data: bytes, wanted: Wanted = TOO_MANY_PIXELS) -> Case:
    return Case(subject, "bomb.png", "image/png", data, wanted)


def _jpeg(subject: str, data: bytes, wanted: Wanted) -> Case:
    return Case(subject, "bomb.jpg", "image/jpeg", data, wanted)


def _first_frame() -> Wanted:
    return taken(size=(64, 64), more_frames=True)


def _upside_down_bmp() -> bytes:
    pixels = bytes(100)
    about = struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54)
    shape = struct.pack("<IiiHHIIiiII", 40, -28, -28, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + about + shape + pixels


def _stating(side: int) -> bytes:
    data = bytearray(COLOR_JPEG)
    sides = data.index(b"\xff\xc0") + 5
    data[sides : sides + 4] = struct.pack(">HH", side, side)
    return bytes(data)


def _frames(image_format: str, count: int) -> bytes:
    frames = [Image.new("L", (64, 64), number % 250) for number in range(count)]
    return encoded(frames[0], image_format, save_all=True, append_images=frames[1:])


def _huge_screen() -> bytes:
    data = bytearray(encoded(Image.new("P", (10, 10)), "GIF"))
    data[6:10] = struct.pack("<HH", 65_535, 65_535)
    return bytes(data)


def _huge_canvas() -> bytes:
    data = bytearray(encoded(GREY, "WEBP", lossless=True))
    sides = data.index(b"VP8L") + 9
    data[sides : sides + 4] = struct.pack("<I", 16_383 | 16_383 << 14)
    return bytes(data)
