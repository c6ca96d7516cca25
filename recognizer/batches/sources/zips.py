"""The pictures of a ZIP archive, and the pages of the documents in it."""

from collections.abc import Iterator
from itertools import chain
from tempfile import TemporaryFile
from typing import IO

from recognizer.batches.sources import documents
from recognizer.batches.sources.kinds import HEAD_BYTES, Kind, is_archive, kind_by_head
from recognizer.batches.sources.limits import MAX_PAGE_BYTES, Limits
from recognizer.batches.sources.member import Content, Member
from recognizer.batches.sources.names import page_name, printable_path
from recognizer.batches.sources.refusals import (
    ArchiveInside,
    MemberEncrypted,
    MemberNotAFile,
    NoMembers,
    TooManyMembers,
    ZipRatio,
    ZipTooLarge,
)
from recognizer.batches.sources.zip_directory import Entry, read_directory
from recognizer.batches.sources.zip_entry import unpacked
from recognizer.refusals import FileTooLarge, Refusal

# What systems leave beside pictures; nobody put it in by hand.
_LITTER_FOLDERS = {"__macosx"}
_LITTER = {".ds_store", "thumbs.db", "desktop.ini"}

# A member's name, its content, and how many bytes it may have.
_Found = tuple[str, Content, int]


def members(file: IO[bytes], limits: Limits, name: str, start: int) -> Iterator[Member]:
    """The archive's members from this number on.

    Those before are not unpacked, except documents, whose pages must be counted.

    Raises:
        Refusal: the archive can't be used at all.
    """
    number = 0
    for entry in _wanted(file, limits):
        # One more than may be is found, to say so.
        for found in _found(file, entry, limits, start - number):
            if number == limits.members:
                yield Member.of(number, name, TooManyMembers(limits.members), 0)
                return
            if found is not None:
                label, content, max_bytes = found
                yield Member.of(number, label or page_name(name, number), content, max_bytes)
            number += 1


def _wanted(file: IO[bytes], limits: Limits) -> list[Entry]:
    """The entries that somebody means to send, within all limits on the whole."""
    entries = [
        entry
        for entry in read_directory(file, limits.zip_entries)
        if not (entry.is_folder or _is_litter(entry.path))
    ]
    if not entries:
        raise NoMembers
    if len(entries) > limits.members:
        raise TooManyMembers(limits.members)
    # Each file unpacks to what is stated or is refused, so the sum can be had beforehand.
    taken = [entry for entry in entries if entry.unpacked <= limits.document_bytes]
    size = sum(entry.unpacked for entry in taken)
    if size > limits.unpacked_bytes:
        raise ZipTooLarge(limits.unpacked_bytes)
    # A single picture may be a blank sheet, of which nearly nothing is left when it is packed.
    if size > max(limits.member_bytes, limits.ratio * sum(entry.packed for entry in taken)):
        raise ZipRatio(limits.ratio)
    return entries


def _is_litter(path: str) -> bool:
    *folders, last = path.replace("\\", "/").casefold().split("/")
    return bool(_LITTER_FOLDERS & set(folders)) or last in _LITTER or last.startswith("._")


def _found(file: IO[bytes], entry: Entry, limits: Limits, skip: int) -> Iterator[_Found | None]:
    """What an entry holds; None for each that is to be skipped."""
    name = printable_path(entry.path)
    try:
        _require_usable(entry, limits)
        pieces = unpacked(file, entry)
        head = _head(pieces)
        kind = kind_by_head(head)
        if is_archive(head):
            raise ArchiveInside
        if kind is Kind.PICTURE and entry.unpacked > limits.member_bytes:
            raise FileTooLarge(limits.member_bytes)
        if kind is Kind.PICTURE:
            content = None if skip > 0 else b"".join(chain([head], pieces))
            yield None if content is None else (name, content, limits.member_bytes)
        else:
            yield from _pages(chain([head], pieces), kind, limits, name, skip)
    except Refusal as refusal:
        yield None if skip > 0 else (name, refusal, 0)


def _require_usable(entry: Entry, limits: Limits) -> None:
    if entry.is_special:
        raise MemberNotAFile
    if entry.is_encrypted:
        raise MemberEncrypted
    if entry.unpacked > limits.document_bytes:
        raise FileTooLarge(limits.document_bytes)


def _head(pieces: Iterator[bytes]) -> bytes:
    """The first bytes: at least HEAD_BYTES, or all there are."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= HEAD_BYTES:
            break
    return head


def _pages(
    pieces: Iterator[bytes], kind: Kind, limits: Limits, name: str, skip: int
) -> Iterator[_Found | None]:
    with TemporaryFile() as document:
        document.writelines(pieces)
        count = documents.count_pages(document, kind, limits) if skip > 0 else 0
        yield from [None] * min(skip, count)
        if skip < count or skip <= 0:
            first = max(skip, 0)
            for number, page in enumerate(documents.pages(document, kind, limits, first), first):
                yield page_name(name, number), page, MAX_PAGE_BYTES
