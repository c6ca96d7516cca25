"""Files that were cut off, garbled, or never whole."""

import random
import struct
import zlib

from tests.hostile.case import (
    DAMAGED,
    EMPTY,
    NO_PICTURE,
    PNG_SIGNATURE,
    Case,
    Wanted,
    header,
    jpeg_segment,
    png,
    taken,
)
from tests.hostile.pictures import GREY, JPEG, PNG, TEXT
from tests.makers import encoded

TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}


def cases() -> list[Case]:
    noise, gif = random.Random(7).randbytes(4096), encoded(GREY, "GIF")
    return [
        _case("an empty file", "png", b"", EMPTY),
        _case("one byte", "png", b"\x89", NO_PICTURE),
        _case("a PNG's signature alone", "png", PNG_SIGNATURE),
        _case("a PNG's header alone", "png", PNG_SIGNATURE + header(28, 28)),
        _case("half a PNG", "png", PNG[: len(PNG) // 2]),
        _case("a PNG that lost only its end", "png", PNG[:-12], taken(text=TEXT, size=GREY.size)),
        _case("a JPEG without its last bytes", "jpg", JPEG[:-10]),
        _case("half a JPEG", "jpg", JPEG[: len(JPEG) // 2]),
        _case("a JPEG's start and end alone", "jpg", b"\xff\xd8\xff\xd9"),
        _case("a WebP without its last bytes", "webp", encoded(GREY, "WEBP")[:-20]),
        _case("half a GIF", "gif", gif[: len(gif) // 2]),
        _case("a BMP's first bytes", "bmp", encoded(GREY, "BMP")[:200]),
        _case("a PNG with a changed byte in its pixels", "png", _with_changed_pixels()),
        _case("a PNG with a wrong checksum", "png", _with_wrong_checksum()),
        _case("a PNG with 1 of 64 rows", "png", png(64, 64, zlib.compress(bytes(65)))),
        _case("a PNG whose pixels are not packed", "png", png(28, 28, b"not packed at all")),
        _case("noise", "png", noise, NO_PICTURE),
        _case("noise after a PNG's signature", "png", PNG_SIGNATURE + noise),
        _case("a PNG sent as text", "png", PNG.replace(b"\r\n", b"\n"), NO_PICTURE),
        _case("a JPEG without its tables", "jpg", _without_tables()),
    ]


def _case(subject: str, extension: str, data: bytes, wanted: Wanted = DAMAGED) -> Case:
    return Case(subject, f"picture.{extension}", TYPES.get(extension, ""), data, wanted)


def _with_changed_pixels() -> bytes:
    data = bytearray(PNG)
    data[data.index(b"IDAT") + 20] ^= 0x55
    return bytes(data)


def _with_wrong_checksum() -> bytes:
    return PNG_SIGNATURE + header(*GREY.size, checksum=1) + PNG[33:]


def _without_tables() -> bytes:
    frame = b"\x08" + struct.pack(">HH", 28, 28) + b"\x01\x01\x11\x00"
    return b"".join(
        [
            b"\xff\xd8",
            jpeg_segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            jpeg_segment(0xC0, frame),
            jpeg_segment(0xDA, b"\1\1\0\0\x3f\0"),
            bytes(30),
            b"\xff\xd9",
        ]
    )
