"""Whether a PNG holds all of its rows: Pillow fills missing ones with black, without an error."""

import struct
import zlib
from collections.abc import Iterator
from math import ceil

from recognizer.refusals import ImageDamaged

SIGNATURE_BYTES = 8
# Deflate packs at most 1032 bytes into one: 16 kB of input never becomes more than 17 MB, and
# no more than OUTPUT_BYTES of that are held at a time.
INPUT_BYTES = 16 * 1024
OUTPUT_BYTES = 256 * 1024
CHANNELS_BY_COLOR_TYPE = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Adam7 (PNG specification, 8.2): first column, first row, step between columns, between rows.
INTERLACE_PASSES = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


def require_all_rows(png: bytes) -> None:
    """Unpack the picture's data, and compare its size with the one that the header implies.

    A photograph of 12 megapixels takes 70 ms in grey and 115 ms in colour, where decoding it
    takes 150 and 210 ms.

    Raises:
        ImageDamaged: the data is shorter, or the file is no PNG.
        zlib.error, struct.error: the data can't be unpacked, or the header is malformed.
    """
    chunks = _chunks(png)
    kind, header = next(chunks, (b"", memoryview(b"")))
    if kind != b"IHDR":
        raise ImageDamaged
    if not _holds(_picture_data(chunks), _stated_bytes(header)):
        raise ImageDamaged


def _chunks(png: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """The type and content of each chunk; the last one may be cut off."""
    rest = memoryview(png)[SIGNATURE_BYTES:]
    while len(rest) >= 8:
        length, kind = struct.unpack_from(">I4s", rest)
        yield kind, rest[8 : 8 + length]
        rest = rest[8 + length + 4 :]


def _picture_data(chunks: Iterator[tuple[bytes, memoryview]]) -> Iterator[memoryview]:
    """The first run of IDAT chunks, in parts; a decoder reads no further either."""
    begun = False
    for kind, content in chunks:
        if kind == b"IDAT":
            begun = True
            for start in range(0, len(content), INPUT_BYTES):
                yield content[start : start + INPUT_BYTES]
        elif begun:
            return


def _stated_bytes(header: memoryview) -> int:
    """The size in bytes of all rows unpacked, each with the byte that names its filter."""
    width, height, depth, color_type, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if color_type not in CHANNELS_BY_COLOR_TYPE:
        raise ImageDamaged
    bits = depth * CHANNELS_BY_COLOR_TYPE[color_type]
    passes = INTERLACE_PASSES if interlaced else ((0, 0, 1, 1),)
    total = 0
    for first_column, first_row, column_step, row_step in passes:
        columns = ceil((width - first_column) / column_step)
        rows = ceil((height - first_row) / row_step)
        if columns > 0 and rows > 0:
            total += rows * (1 + ceil(columns * bits / 8))
    return total


def _holds(packed: Iterator[memoryview], stated: int) -> bool:
    unpacker = zlib.decompressobj()
    missing = stated
    for part in packed:
        pending: bytes | memoryview = part
        while missing > 0:
            unpacked = unpacker.decompress(pending, OUTPUT_BYTES)
            missing -= len(unpacked)
            pending = unpacker.unconsumed_tail
            if len(unpacked) < OUTPUT_BYTES:
                break
        if missing <= 0 or unpacker.eof:
            break
    return missing <= 0
