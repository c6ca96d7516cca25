"""The directory of a ZIP archive, read with nothing unpacked and nothing believed.

Python's zipfile reads the whole directory into memory before anything can be counted, takes
overlapping files, and does not compare a file's own header with the directory's. Read here are the
numbers of APPNOTE 6.3.10 that unpacking needs.
"""

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import IO

from recognizer.batches.sources.refusals import TooManyMembers, ZipDamaged, ZipOverlapping

# Signature, disks, entries here and in all, bytes of the directory and its offset, comment.
_END = struct.Struct("<4s4H2IH")
_LOCATOR_64 = struct.Struct("<4sIQI")
_END_64 = struct.Struct("<4sQ2H2I4Q")
# Signature, versions, flags, method, time, date, checksum, sizes, lengths, disk, attributes, place.
_ENTRY = struct.Struct("<4s6H3I5H2I")
LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_MAX_COMMENT_BYTES = 2**16 - 1
# No system takes a longer path, and all of them are kept.
_MAX_PATH_BYTES = 4096
_IN_ZIP_64, _IN_ZIP_64_SHORT = 2**32 - 1, 2**16 - 1
_ZIP_64_EXTRA, _UNICODE_PATH_EXTRA = 1, 0x7075
_UTF_8_FLAG = 1 << 11
# A ciphered file, strong encryption, a ciphered directory.
_ENCRYPTED_FLAGS = 1 | 1 << 6 | 1 << 13
_UNIX_SYSTEMS = {3, 19}
_DOS_FOLDER, _DOS_REPARSE_POINT = 0x10, 0x400


@dataclass(frozen=True)
class Entry:
    """One file, as the directory lists it.

    Attributes:
        path: as stated; not for anything but showing, once it is made printable.
        stated_path: its bytes, which the file's own header must repeat.
        offset: of the file's own header.
        next_offset: of whatever comes after it.
        packed, unpacked: stated sizes in bytes.
    """

    path: str
    stated_path: bytes
    offset: int
    next_offset: int
    packed: int
    unpacked: int
    checksum: int
    method: int
    flags: int
    system: int
    attributes: int

    @property
    def is_encrypted(self) -> bool:
        """Whether a password is needed."""
        return bool(self.flags & _ENCRYPTED_FLAGS)

    @property
    def is_folder(self) -> bool:
        """Whether it only makes a folder."""
        dos_folder = self.attributes & _DOS_FOLDER and not self.unpacked
        return self.path.endswith(("/", "\\")) or bool(dos_folder) or stat.S_ISDIR(self._mode)

    @property
    def is_special(self) -> bool:
        """Whether it is a link, a device or the like."""
        if self.system in _UNIX_SYSTEMS:
            return stat.S_IFMT(self._mode) not in {0, stat.S_IFREG, stat.S_IFDIR}
        return bool(self.attributes & _DOS_REPARSE_POINT)

    @property
    def _mode(self) -> int:
        return self.attributes >> 16 if self.system in _UNIX_SYSTEMS else 0


@dataclass(frozen=True)
class _Directory:
    """Where the directory lies, how many entries it states, and what precedes the archive."""

    start: int
    end: int
    count: int
    prefix: int


def read_directory(file: IO[bytes], most: int) -> list[Entry]:
    """Every entry, in the directory's order.

    Args:
        most: how many entries there may be.

    Raises:
        ZipDamaged: the directory is not whole, or contradicts itself.
        TooManyMembers: there are more entries, whatever number is stated.
        ZipOverlapping: files share their bytes, as in bombs.
    """
    directory = _located(file)
    if directory.count > most:
        raise TooManyMembers(most)
    entries: list[Entry] = []
    for entry in _entries(file, directory):
        entries.append(entry)
        if len(entries) > most:
            raise TooManyMembers(most)
    # Old programs count to 65,535 and begin anew.
    if (len(entries) - directory.count) % 2**16:
        raise ZipDamaged
    return _beside_one_another(entries, directory.start)


def _located(file: IO[bytes]) -> _Directory:
    size = file.seek(0, 2)
    tail_at = max(0, size - _END.size - _MAX_COMMENT_BYTES)
    tail = _read(file, tail_at, size - tail_at)
    found = tail.rfind(b"PK\x05\x06", 0, len(tail) - _END.size + 4)
    if found < 0:
        raise ZipDamaged
    _, *numbers, _ = _END.unpack_from(tail, found)
    end = tail_at + found
    if _IN_ZIP_64_SHORT in numbers or _IN_ZIP_64 in numbers:
        end, *numbers = _located_64(file, end)
    disk, first_disk, here, count, length, offset = numbers
    start = end - length
    if disk or first_disk or here != count or not 0 <= offset <= start:
        raise ZipDamaged
    return _Directory(start, end, count, start - offset)


def _located_64(file: IO[bytes], end: int) -> tuple[int, ...]:
    """The end of the directory, and the six numbers that were too large for its usual place."""
    locator_at = end - _LOCATOR_64.size
    signature, _, end_at, _ = _LOCATOR_64.unpack(_read(file, locator_at, _LOCATOR_64.size))
    if signature != b"PK\x06\x07":
        raise ZipDamaged
    # Its offset is wrong where something stands before the archive; then it is next to the locator.
    for at in (end_at, locator_at - _END_64.size):
        if not 0 <= at <= locator_at - _END_64.size:
            continue
        signature, _, _, _, *numbers = _END_64.unpack(_read(file, at, _END_64.size))
        if signature == b"PK\x06\x06":
            return at, *numbers
    raise ZipDamaged


def _entries(file: IO[bytes], directory: _Directory) -> Iterator[Entry]:
    at = directory.start
    while at < directory.end:
        header = _ENTRY.unpack(_read(file, at, _ENTRY.size))
        signature, lengths = header[0], header[10:13]
        rest_at, at = at + _ENTRY.size, at + _ENTRY.size + sum(lengths)
        path, extra, _ = lengths
        if signature != b"PK\x01\x02" or at > directory.end or path > _MAX_PATH_BYTES:
            raise ZipDamaged
        rest = _read(file, rest_at, path + extra)
        yield _entry(header, rest[:path], rest[path:], directory.prefix)


def _entry(header: tuple[int, ...], path: bytes, extra: bytes, prefix: int) -> Entry:
    _, made_by, _, flags, method, _, _, checksum, packed, unpacked, *_, attributes, offset = header
    fields = dict(_fields(extra))
    unpacked, packed, offset = _numbers_64(fields, unpacked, packed, offset)
    return Entry(
        path=_decoded(path, flags, fields),
        stated_path=path,
        offset=prefix + offset,
        next_offset=0,
        packed=packed,
        unpacked=unpacked,
        checksum=checksum,
        method=method,
        flags=flags,
        system=made_by >> 8,
        attributes=attributes,
    )


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        yield kind, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _numbers_64(fields: dict[int, bytes], *numbers: int) -> list[int]:
    """The sizes and the offset; those that are too large for the header stand in a field."""
    field, found = fields.get(_ZIP_64_EXTRA, b""), []
    for number in numbers:
        if number != _IN_ZIP_64:
            found.append(number)
            continue
        if len(field) < 8:
            raise ZipDamaged
        found.append(int.from_bytes(field[:8], "little"))
        field = field[8:]
    return found


def _decoded(path: bytes, flags: int, fields: dict[int, bytes]) -> str:
    """UTF-8 where it is stated or fits, for many programs write it unstated; else cp437."""
    unicode_path = fields.get(_UNICODE_PATH_EXTRA, b"")
    if unicode_path[1:5] == zlib.crc32(path).to_bytes(4, "little"):
        return unicode_path[5:].decode(errors="replace")
    if flags & _UTF_8_FLAG:
        return path.decode(errors="replace")
    try:
        return path.decode()
    except UnicodeDecodeError:
        return path.decode("cp437")


def _beside_one_another(entries: list[Entry], end: int) -> list[Entry]:
    """The entries, each knowing where the next one begins.

    A bomb of 10 MB can hold 281 TB when files lie on one another (Fifield, "A better zip bomb",
    WOOT 2019); beside one another, no file's bytes count twice.
    """
    offsets = sorted((entry.offset, _least_bytes(entry)) for entry in entries)
    offsets.append((end, 0))
    for (offset, length), (next_offset, _) in pairwise(offsets):
        if offset + length > next_offset:
            raise ZipDamaged if next_offset == end else ZipOverlapping
    following = {offset: after for (offset, _), (after, _) in pairwise(offsets)}
    return [replace(entry, next_offset=following[entry.offset]) for entry in entries]


def _least_bytes(entry: Entry) -> int:
    return LOCAL_HEADER.size + len(entry.stated_path) + entry.packed


def _read(file: IO[bytes], at: int, length: int) -> bytes:
    """So many bytes from there; fewer are damage."""
    if at < 0:
        raise ZipDamaged
    file.seek(at)
    data = file.read(length)
    if len(data) != length:
        raise ZipDamaged
    return data
