"""Unpacks one file of a ZIP archive, a piece at a time."""

import zlib
from collections.abc import Iterator
from typing import IO

from recognizer.batches.sources.refusals import MemberDamaged, MemberPacking
from recognizer.batches.sources.zip_directory import LOCAL_HEADER, Entry

STORED, DEFLATED = 0, 8
# Deflate packs at most 1,032 bytes into one; no more than UNPACKED_BYTES are held at a time.
PACKED_BYTES, UNPACKED_BYTES = 64 * 1024, 256 * 1024
# The sizes and the checksum follow the file, as programs do that can't go back.
_SIZES_FOLLOW = 1 << 3
_IN_ZIP_64 = 2**32 - 1


def unpacked(file: IO[bytes], entry: Entry) -> Iterator[bytes]:
    """The file's content in pieces, never more of it than the directory states.

    Raises:
        MemberPacking: it is packed by another method than Deflate. LZMA and the like ask for up to
            4 GB to unpack a few bytes, and hardly any program that packs pictures uses them.
        MemberDamaged: it is not what the directory states.
    """
    if entry.method not in {STORED, DEFLATED}:
        raise MemberPacking
    packed = _pieces(file, _content_at(file, entry), entry.packed)
    pieces = packed if entry.method == STORED else _inflated(packed)
    length = checksum = 0
    for piece in pieces:
        length += len(piece)
        if length > entry.unpacked:
            raise MemberDamaged
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if length != entry.unpacked or checksum != entry.checksum:
        raise MemberDamaged


def _content_at(file: IO[bytes], entry: Entry) -> int:
    """Where the content begins, after a header that must say what the directory says."""
    file.seek(entry.offset)
    data = file.read(LOCAL_HEADER.size)
    if len(data) != LOCAL_HEADER.size:
        raise MemberDamaged
    signature, _, flags, method, _, _, checksum, packed, size, path_bytes, extra_bytes = (
        LOCAL_HEADER.unpack(data)
    )
    stated = [checksum, packed, size]
    listed = [entry.checksum, entry.packed, entry.unpacked]
    is_same = flags & _SIZES_FOLLOW or all(
        here in {there, _IN_ZIP_64} for here, there in zip(stated, listed, strict=True)
    )
    start = int(entry.offset + LOCAL_HEADER.size + path_bytes + extra_bytes)
    if (
        (signature, method, flags & 1) != (b"PK\x03\x04", entry.method, entry.flags & 1)
        or file.read(path_bytes) != entry.stated_path
        or not is_same
        or start + entry.packed > entry.next_offset
    ):
        raise MemberDamaged
    return start


def _pieces(file: IO[bytes], start: int, length: int) -> Iterator[bytes]:
    """So many bytes of the file, which others may read in between."""
    for at in range(start, start + length, PACKED_BYTES):
        file.seek(at)
        yield file.read(min(PACKED_BYTES, start + length - at))


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in pieces:
            pending = piece
            while pending and not unpacker.eof:
                yield unpacker.decompress(pending, UNPACKED_BYTES)
                pending = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error:
        raise MemberDamaged from None
    if not unpacker.eof:
        raise MemberDamaged
