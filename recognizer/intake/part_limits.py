"""Limits on the parts that a file is made of, because a decoder goes through them one by one.

A picture of a few kilobytes, with pixels within every limit, can still keep a decoder busy for
minutes. Measured on one core without these limits: a progressive JPEG of 300 kB with
3,700 scans 18 s, a JPEG of 10 MB with 900,000 pieces of EXIF 12 s, a PNG of 10 MB with 825,000
chunks 4 s and 90 MB, a GIF of 10 MB with 5,000,000 blocks 1 s and 415 MB.
"""

import re
import struct
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from recognizer.intake.frames import MAX_FRAMES
from recognizer.refusals import ImageDamaged, TooManyParts, UnsupportedType

# Cameras write a dozen segments; a profile and depth data may take a few hundred.
MAX_JPEG_SEGMENTS = 500
# Programs write 6 to 18 scans; each goes over all pixels, which takes 5 ms for 50 megapixels.
MAX_JPEG_SCANS = 64
# Bytes between the segments before the first scan, which Pillow reads one by one.
MAX_JPEG_STRAY_BYTES = 4096
# Most programs write a chunk for every 8 kB, a few write one for every row.
MAX_PNG_CHUNKS = 30_000
# A GIF of 10 MB has 40,000.
MAX_GIF_BLOCKS = 100_000

# In a scan's data, 0xff is followed by 0 or by a restart's number; before a marker, it may repeat.
_JPEG_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_JPEG_END, _JPEG_SCAN = 0xD9, 0xDA
# Frames, tables, scans, applications, comments: libjpeg accepts no others inside a picture.
_JPEG_SEGMENTS = {*range(0xC0, 0xD0), *range(0xDA, 0xF0), 0xFE} - {0xC8}
_PNG_SIGNATURE_BYTES = 8
_GIF_HEADER_BYTES, _GIF_FRAME_BYTES = 13, 10
_GIF_EXTENSION, _GIF_FRAME, _GIF_END = 0x21, 0x2C, 0x3B
_BMP_HEADER, _BMP_PACKINGS = struct.Struct("<14xI12xI"), {1, 2}


def require_few_parts(data: bytes, image_format: str) -> None:
    """Count the parts without unpacking any, which takes at most 20 ms for 10 MB.

    Raises:
        TooManyParts: a decoder would take too long.
        ImageDamaged: the data is no file of this format.
        UnsupportedType: a packed BMP, which Pillow unpacks in Python, byte by byte.
    """
    checks: dict[str, Callable[[bytes], None]] = {
        "JPEG": _require_few_segments,
        "PNG": _require_few_chunks,
        "GIF": _require_few_blocks,
        "BMP": _require_unpacked,
    }
    if image_format in checks:
        checks[image_format](data)


def has_one_scan(jpeg: bytes) -> bool:
    """Whether libjpeg decodes row by row, instead of holding the whole picture unpacked."""
    return sum(marker == _JPEG_SCAN for marker, _ in _segments(jpeg)) <= 1


def _require_few_segments(jpeg: bytes) -> None:
    scans = stray = 0
    for number, (marker, stray_before) in enumerate(_segments(jpeg), 1):
        if marker not in _JPEG_SEGMENTS:
            raise ImageDamaged
        # After a scan's header, the bytes between markers are its data.
        stray += 0 if scans else stray_before
        scans += marker == _JPEG_SCAN
        if number > MAX_JPEG_SEGMENTS or scans > MAX_JPEG_SCANS or stray > MAX_JPEG_STRAY_BYTES:
            raise TooManyParts


def _segments(jpeg: bytes) -> Iterator[tuple[int, int]]:
    """The marker of each segment, and the number of bytes between it and the segment before."""
    at = 2
    while found := _JPEG_MARKER.search(jpeg, at):
        marker = jpeg[found.end() - 1]
        if marker == _JPEG_END:
            return
        yield marker, found.start() - at
        at = found.end() + int.from_bytes(jpeg[found.end() : found.end() + 2])


def _require_few_chunks(png: bytes) -> None:
    at, chunks = _PNG_SIGNATURE_BYTES, 0
    while at < len(png):
        chunks += 1
        if chunks > MAX_PNG_CHUNKS:
            raise TooManyParts
        # Length, kind and checksum take 12 bytes; the length counts the content alone.
        at += 12 + int.from_bytes(png[at : at + 4])


def _require_few_blocks(gif: bytes) -> None:
    """Count blocks up to the last frame that may be looked at: Pillow reads no further."""
    at, blocks, frames = _GIF_HEADER_BYTES + _palette_bytes(gif, 10), 0, 0
    while at < len(gif) and gif[at] != _GIF_END and frames <= MAX_FRAMES:
        kind = gif[at]
        if kind == _GIF_FRAME:
            frames += 1
            at += _GIF_FRAME_BYTES + _palette_bytes(gif, at + 9) + 1
        else:
            # Pillow skips anything else byte by byte, until a block begins.
            at += 2 if kind == _GIF_EXTENSION else 1
        blocks += 1
        if kind in {_GIF_FRAME, _GIF_EXTENSION}:
            at, blocks = _after_data(gif, at, blocks)
        if blocks > MAX_GIF_BLOCKS:
            raise TooManyParts


def _after_data(gif: bytes, at: int, blocks: int) -> tuple[int, int]:
    """The offset after a run of data blocks, and the number of blocks so far."""
    while at < len(gif) and gif[at] and blocks <= MAX_GIF_BLOCKS:
        blocks += 1
        at += 1 + gif[at]
    return at + 1, blocks


def _palette_bytes(gif: bytes, at: int) -> int:
    """The size in bytes of the palette that the flags at this offset announce; 0 without one."""
    flags = gif[at] if at < len(gif) else 0
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _require_unpacked(bmp: bytes) -> None:
    if len(bmp) < _BMP_HEADER.size:
        raise ImageDamaged
    header_bytes, packing = _BMP_HEADER.unpack_from(bmp)
    if header_bytes >= 40 and packing in _BMP_PACKINGS:
        raise UnsupportedType(_("This is a packed BMP (RLE)."))
