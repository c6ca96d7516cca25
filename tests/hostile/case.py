"""What a hostile file is, what must come of it, and what such files are made of."""

import struct
import zlib
from dataclasses import dataclass, field

from recognizer.models import Prediction

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What must be found nowhere after a picture was taken that carried it.
CANARIES = (b"<script", b"<?php", b"a-text-note", b"Jane Doe", b"SpyCam", b"%PDF", b"PK\x03\x04")


@dataclass(frozen=True)
class Wanted:
    """What must come of a file.

    Attributes:
        status: of the answer; 302 leads to the result of a picture that was taken.
        code: of the refusal; empty for a picture that was taken.
        text: that must be read; None where any will do.
        state: of the prediction; None where any will do.
        size: of the picture as it is kept; None where any will do.
        extension: of the stored file.
        more_frames: whether the result says that there were further frames.
        seconds: in which the answer must be there.
    """

    status: int
    code: str = ""
    text: str | None = None
    state: Prediction.State | None = None
    size: tuple[int, int] | None = None
    extension: str = ""
    more_frames: bool = False
    seconds: float = 1.0


def taken(extension: str = "png", **details: object) -> Wanted:
    return Wanted(302, extension=extension, **details)  # type: ignore[arg-type]


NO_FILE = Wanted(400, "missing_file")
EMPTY = Wanted(400, "empty_file")
TOO_LARGE = Wanted(413, "file_too_large")
NO_PICTURE = Wanted(415, "unsupported_type")
DAMAGED = Wanted(422, "image_damaged")
TOO_MANY_PIXELS = Wanted(422, "too_many_pixels")
SIDE_TOO_LONG = Wanted(422, "side_too_long")
TOO_SMALL = Wanted(422, "too_small")


@dataclass(frozen=True)
class Case:
    """One file as a stranger sends it."""

    subject: str
    file_name: str
    content_type: str
    data: bytes = field(repr=False)
    wanted: Wanted

    def __str__(self) -> str:
        return self.subject


def chunk(kind: bytes, content: bytes, checksum: int | None = None) -> bytes:
    """A chunk of a PNG, with another checksum than its own if one is given."""
    own = zlib.crc32(kind + content)
    end = struct.pack(">I", own if checksum is None else checksum)
    return struct.pack(">I", len(content)) + kind + content + end


def header(width: int, height: int, checksum: int | None = None) -> bytes:
    """The header chunk of a PNG with 8-bit grey pixels."""
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0), checksum)


def png(width: int, height: int, packed: bytes, before: bytes = b"") -> bytes:
    """A PNG that states so many grey pixels and holds these; `before` are chunks before them."""
    body = header(width, height) + before + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return PNG_SIGNATURE + body


def black_rows(width: int, height: int) -> bytes:
    """The packed rows of a black picture, made in little memory however large it is."""
    packer = zlib.compressobj(9)
    row = bytes(width + 1)
    packed = [packer.compress(row) for _ in range(height)]
    return b"".join([*packed, packer.flush()])


def jpeg_segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def after_start(jpeg: bytes, segment: bytes) -> bytes:
    """The JPEG with a segment put in where the first one begins."""
    return jpeg[:2] + segment + jpeg[2:]
