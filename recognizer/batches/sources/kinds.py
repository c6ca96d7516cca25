"""What a file is, by its content alone: its name and its declared type prove nothing."""

from enum import StrEnum
from typing import IO

from recognizer.intake.cleaning import sniff
from recognizer.refusals import UnsupportedType

# PDF programs look so far for the mark: printers and mail programs put lines before it.
HEAD_BYTES = 1024
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")
_TIFFS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_ARCHIVES = (
    *_ZIPS,
    b"Rar!",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
)
# POSIX, "ustar": a tar archive begins with the first file's name.
_TAR_AT, _TAR = 257, b"ustar"


class Kind(StrEnum):
    """What a batch can be made from."""

    PICTURE = "picture"
    ZIP = "zip"
    PDF = "pdf"
    TIFF = "tiff"


def kind_of(file: IO[bytes]) -> Kind:
    """The kind of a seekable file. What is none of them is a picture: its gate tells what it is."""
    file.seek(0)
    return kind_by_head(file.read(HEAD_BYTES))


def kind_by_head(head: bytes) -> Kind:
    """The kind of a file with these first HEAD_BYTES."""
    if head.startswith(_ZIPS):
        return Kind.ZIP
    if head.startswith(_TIFFS):
        return Kind.TIFF
    # A picture may hold the mark of a PDF in its metadata.
    if b"%PDF-" in head and not _is_picture(head):
        return Kind.PDF
    return Kind.PICTURE


def is_archive(head: bytes) -> bool:
    """Whether a file with these first bytes is an archive of any sort, or an office document."""
    return head.startswith(_ARCHIVES) or head[_TAR_AT:].startswith(_TAR)


def _is_picture(head: bytes) -> bool:
    try:
        sniff(head)
    except UnsupportedType:
        return False
    return True
