"""The pages of a TIFF, found in the file, and each written anew as a small TIFF of its own.

Decoders never see the file itself: a page's copy holds the tags that decoding needs and its own
pixels. Whatever else a TIFF may link to (thumbnails, EXIF, other pages, loops) is left behind, and
no damaged page keeps a decoder from the next. Numbers are of TIFF 6.0, and of BigTIFF, which only
counts further.
"""

import struct
from dataclasses import dataclass
from typing import IO

from recognizer.batches.sources.refusals import (
    PageDamaged,
    PageUnsupported,
    TiffDamaged,
    TooManyPages,
)

SUBFILE_TYPE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
STRIP_OFFSETS, STRIP_BYTES = 273, 279
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES = 322, 323, 324, 325
SAMPLES, SAMPLE_FORMAT = 277, 339
# Of the page's shape, its packing and its colours; those after the tiles: inks, further samples,
# formats, JPEG's tables, YCbCr's coefficients, sampling, position and range.
_KEPT = {
    *(WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, 266, STRIP_OFFSETS, 274, SAMPLES, 278),
    *(STRIP_BYTES, 284, 292, 293, 317, 320, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES),
    *(332, 338, SAMPLE_FORMAT, 347, 529, 530, 531, 532),
}
# Programs write 10 to 30.
_MAX_TAGS = 1000
# 62,500 tiles of 16x16 make 16 megapixels; a palette of 16 bits takes 393 kB.
_MAX_VALUE_BYTES = 2**20
# A page may come with a few smaller versions, and each directory must be read.
_DIRECTORIES_PER_PAGE = 5
# A smaller version of another page, or its mask.
_NO_PAGE = 1 | 4
_BYTE, _SHORT, _LONG, _LONG_8 = 1, 3, 4, 16
_BYTES_BY_TYPE = {_BYTE: 1, 2: 1, _SHORT: 2, _LONG: 4, 5: 8, 7: 1, 10: 8, 11: 4, 12: 8, _LONG_8: 8}
_LETTERS = {_BYTE: "B", _SHORT: "H", _LONG: "I", _LONG_8: "Q"}


@dataclass(frozen=True)
class Layout:
    """How a TIFF writes numbers: their order, and how wide offsets are."""

    order: str
    big: bool

    @property
    def count(self) -> str:
        """The format of a directory's length."""
        return self.order + ("Q" if self.big else "H")

    @property
    def offset(self) -> str:
        """The format of an offset."""
        return self.order + ("Q" if self.big else "I")

    @property
    def tag(self) -> str:
        """The format of a tag: its number, its type, how many values, and where, or which."""
        return self.order + ("HHQ8s" if self.big else "HHI4s")


@dataclass(frozen=True)
class Tag:
    """The values of a tag as they lie in the file."""

    kind: int
    count: int
    data: bytes

    def numbers(self, order: str) -> tuple[int, ...]:
        """The values, if they are whole numbers."""
        if self.kind not in _LETTERS:
            raise PageDamaged
        return struct.unpack(f"{order}{self.count}{_LETTERS[self.kind]}", self.data)


Tags = dict[int, Tag]


def find_pages(file: IO[bytes], most: int) -> tuple[Layout, list[int]]:
    """Where the directory of each page lies.

    A page whose directory lies outside the file, or is not whole, is the last one.

    Raises:
        TiffDamaged: not even the first one is there.
        TooManyPages: there are more.
    """
    size = file.seek(0, 2)
    try:
        layout, at = _first(file)
    except PageDamaged:
        raise TiffDamaged from None
    found: list[int] = []
    # A loop ends where it would begin again.
    visited: set[int] = set()
    while at and at not in visited:
        visited.add(at)
        if len(visited) > _DIRECTORIES_PER_PAGE * most:
            raise TooManyPages(most)
        try:
            is_page, following = _glanced(file, layout, at)
        except PageDamaged:
            if at >= size and not found:
                raise TiffDamaged from None
            is_page, following = True, 0
        if is_page:
            found.append(at)
        if len(found) > most:
            raise TooManyPages(most)
        at = following
    if not found:
        raise TiffDamaged
    return layout, found


def read_tags(file: IO[bytes], layout: Layout, at: int) -> Tags:
    """The tags of a page that decoding needs.

    Raises:
        PageDamaged: one of them is not whole.
    """
    return {
        number: _tag(file, layout, kind, count, where)
        for number, kind, count, where in _listed(file, layout, at)
        if number in _KEPT
    }


def number_of(tags: Tags, layout: Layout, tag: int, usual: int | None = None) -> int:
    """The only value of a tag, or the usual one where it is missing."""
    if tag not in tags:
        if usual is None:
            raise PageDamaged
        return usual
    numbers = tags[tag].numbers(layout.order)
    if len(numbers) != 1:
        raise PageDamaged
    return numbers[0]


def copied(file: IO[bytes], layout: Layout, tags: Tags, most_bytes: int) -> tuple[bytes, list[int]]:
    """The page as a TIFF of its own, and where each piece of its pixels begins there.

    Raises:
        PageDamaged: pixels are missing.
        PageUnsupported: they take more than most_bytes.
    """
    offsets_tag, bytes_tag = (
        (TILE_OFFSETS, TILE_BYTES) if TILE_OFFSETS in tags else (STRIP_OFFSETS, STRIP_BYTES)
    )
    if not {offsets_tag, bytes_tag} <= tags.keys():
        raise PageDamaged
    offsets, lengths = (tags[tag].numbers(layout.order) for tag in (offsets_tag, bytes_tag))
    if len(offsets) != len(lengths) or not offsets:
        raise PageDamaged
    if sum(lengths) > most_bytes:
        raise PageUnsupported
    mark = b"II*\0" if layout.order == "<" else b"MM\0*"
    page, starts = bytearray(mark + bytes(4)), []
    for offset, length in zip(offsets, lengths, strict=True):
        starts.append(len(page))
        page += _read(file, offset, length)
    others = {
        number: tag
        for number, tag in tags.items()
        if number not in {STRIP_OFFSETS, STRIP_BYTES, TILE_OFFSETS, TILE_BYTES}
    }
    longs = {offsets_tag: starts, bytes_tag: list(lengths)}
    placed = {number: _longs(layout.order, values) for number, values in longs.items()}
    _append_directory(page, layout.order, {**others, **placed})
    return bytes(page), starts


def _append_directory(page: bytearray, order: str, tags: Tags) -> None:
    """Put the tags at the end, values that are too long for a tag before them."""
    lines = []
    for number, tag in sorted(tags.items()):
        narrow = _longs(order, tag.numbers(order)) if tag.kind == _LONG_8 else tag
        value = narrow.data.ljust(4, b"\0")
        if len(value) > 4:
            page += bytes(len(page) % 2)
            value, values = struct.pack(f"{order}I", len(page)), value
            page += values
        lines.append(struct.pack(f"{order}HHI4s", number, narrow.kind, narrow.count, value))
    page += bytes(len(page) % 2)
    struct.pack_into(f"{order}I", page, 4, len(page))
    page += struct.pack(f"{order}H", len(lines)) + b"".join(lines) + bytes(4)


def _longs(order: str, numbers: list[int] | tuple[int, ...]) -> Tag:
    if max(numbers, default=0) >= 2**32:
        raise PageDamaged
    return Tag(_LONG, len(numbers), struct.pack(f"{order}{len(numbers)}I", *numbers))


def _first(file: IO[bytes]) -> tuple[Layout, int]:
    """How the file writes numbers, and where its first directory lies."""
    mark = _read(file, 0, 4)
    order = "<" if mark[:1] == b"I" else ">"
    layout = Layout(order, big=b"+" in mark)
    at = 8 if layout.big else 4
    (first,) = _unpacked(file, layout.offset, at)
    return layout, first


def _glanced(file: IO[bytes], layout: Layout, at: int) -> tuple[bool, int]:
    """Whether this directory is of a page of its own, and where the next one lies."""
    tags = _listed(file, layout, at)
    types = [
        _tag(file, layout, kind, count, where)
        for number, kind, count, where in tags
        if number == SUBFILE_TYPE and kind in {_SHORT, _LONG} and count == 1
    ]
    flags = types[0].numbers(layout.order)[0] if types else 0
    end = at + struct.calcsize(layout.count) + len(tags) * struct.calcsize(layout.tag)
    (following,) = _unpacked(file, layout.offset, end)
    return not flags & _NO_PAGE, following


def _listed(file: IO[bytes], layout: Layout, at: int) -> list[tuple[int, int, int, bytes]]:
    """The tags of a directory: number, type, how many values, and the place of those."""
    (count,) = _unpacked(file, layout.count, at)
    if not 0 < count <= _MAX_TAGS:
        raise PageDamaged
    length = count * struct.calcsize(layout.tag)
    data = _read(file, at + struct.calcsize(layout.count), length)
    return list(struct.iter_unpack(layout.tag, data))


def _tag(file: IO[bytes], layout: Layout, kind: int, count: int, where: bytes) -> Tag:
    """A tag's values, which lie in its own place if they fit there."""
    length = count * _BYTES_BY_TYPE.get(kind, _MAX_VALUE_BYTES + 1)
    if not 0 < length <= _MAX_VALUE_BYTES:
        raise PageDamaged
    if length <= len(where):
        return Tag(kind, count, where[:length])
    (at,) = struct.unpack(layout.offset, where)
    return Tag(kind, count, _read(file, at, length))


def _unpacked(file: IO[bytes], form: str, at: int) -> tuple[int, ...]:
    return struct.unpack(form, _read(file, at, struct.calcsize(form)))


def _read(file: IO[bytes], at: int, length: int) -> bytes:
    """So many bytes from there; fewer are damage."""
    # Beyond 2**63, no file can be.
    if at >= 2**63:
        raise PageDamaged
    file.seek(at)
    data = file.read(length)
    if len(data) != length:
        raise PageDamaged
    return data
