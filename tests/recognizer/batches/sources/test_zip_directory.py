import io
import struct
import zipfile
from dataclasses import replace

import pytest

from recognizer.batches.sources.refusals import TooManyMembers, ZipDamaged, ZipOverlapping
from recognizer.batches.sources.zip_directory import Entry, read_directory
from tests.recognizer.batches.sources.files import LINK_MODE, Raw, put, raw_zip, zip_of

MOST = 50
END_BYTES = 22


def directory_of(data: bytes, most: int = MOST) -> list[Entry]:
    return read_directory(io.BytesIO(data), most)


def zip_64() -> bytes:
    """An archive whose sizes stand in fields of 64 bits, as of a stream of unknown length."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w") as archive,
        archive.open("1.png", "w", force_zip64=True) as file,
    ):
        file.write(b"one")
    return _with_end_64(buffer.getvalue())


def _with_end_64(data: bytes) -> bytes:
    """The archive with its directory's place written in 64 bits."""
    _, _, _, here, count, length, offset, _ = struct.unpack("<4s4H2IH", data[-END_BYTES:])
    at = len(data) - END_BYTES
    numbers = (44, 45, 45, 0, 0, here, count, length, offset)
    end = struct.pack("<4sQ2H2I4Q", b"PK\6\6", *numbers)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, at, 1)
    short = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    return data[:at] + end + locator + short


def test_entries_come_in_the_order_of_the_directory() -> None:
    found = directory_of(zip_of(("b.png", b"22"), ("a.png", b"1")))
    assert [(entry.path, entry.unpacked) for entry in found] == [("b.png", 2), ("a.png", 1)]


def test_numbers_of_64_bits_are_read() -> None:
    (entry,) = directory_of(zip_64())
    assert (entry.path, entry.unpacked, entry.offset) == ("1.png", 3, 0)


def test_what_stands_before_an_archive_is_skipped() -> None:
    (entry,) = directory_of(raw_zip(Raw(b"1.png", b"1"), before=b"MZ, a program"))
    assert entry.offset == len(b"MZ, a program")


def test_a_comment_and_what_follows_are_skipped() -> None:
    assert len(directory_of(put(zip_of(("1.png", b"1")), -2, 3, "<H") + b"abc and more")) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"PK\3\4",
        zip_of(("1.png", b"1"))[:-END_BYTES],
        zip_of(("1.png", b"1"))[20:-5],
        raw_zip(Raw(b"1.png"), count=2),
        raw_zip(Raw(b"1.png"), Raw(b"2.png"), count=1),
        # An offset, a length and a disk that cannot be.
        put(zip_of(("1.png", b"1")), -6, 2**31),
        put(zip_of(("1.png", b"1")), -10, 2**31),
        put(zip_of(("1.png", b"1")), -18, 1, "<H"),
        zip_64().replace(b"PK\6\6", b"PK\6\5"),
        put(zip_64(), -END_BYTES - 20 - 8, 2**63, "<Q"),
        raw_zip(Raw(b"1.png", b"1", packed=1000)),
        raw_zip(Raw(b"1.png", b"1", size=2**32 - 1)),
        raw_zip(Raw(b"a" * 5000)),
    ],
    ids=lambda data: f"{len(data)} bytes",
)
def test_a_directory_that_is_not_whole_is_refused(data: bytes) -> None:
    with pytest.raises(ZipDamaged):
        directory_of(data)


@pytest.mark.parametrize("stated", [MOST + 1, 1])
def test_entries_are_counted_whatever_is_stated(stated: int) -> None:
    entries = [Raw(b"%d.png" % number) for number in range(MOST + 1)]
    with pytest.raises(TooManyMembers):
        directory_of(raw_zip(*entries, count=stated))


def test_files_that_share_their_bytes_are_refused() -> None:
    first = Raw(b"1.png", bytes(1000))
    with pytest.raises(ZipOverlapping):
        directory_of(raw_zip(first, replace(first, like=0)))


def test_files_that_reach_into_the_next_are_refused() -> None:
    with pytest.raises(ZipOverlapping):
        directory_of(raw_zip(Raw(b"1.png", b"1", packed=50), Raw(b"2.png", bytes(1000))))


@pytest.mark.parametrize(
    ("path", "flags", "shown"),
    [
        ("é.png".encode("cp437"), 0, "é.png"),
        ("é.png".encode(), 0, "é.png"),
        ("é.png".encode(), 1 << 11, "é.png"),
        (b"\xff.png", 1 << 11, "\ufffd.png"),
    ],
)
def test_a_path_is_read_as_it_was_written(path: bytes, flags: int, shown: str) -> None:
    assert directory_of(raw_zip(Raw(path, flags=flags)))[0].path == shown


@pytest.mark.parametrize(
    ("entry", "is_folder", "is_special"),
    [
        (Raw(b"a.png"), False, False),
        (Raw(b"a/"), True, False),
        (Raw(b"a", attributes=0o40755 << 16), True, False),
        (Raw(b"a", attributes=0x10, system=0), True, False),
        (Raw(b"a", attributes=0o100644 << 16), False, False),
        (Raw(b"a", b"/etc/passwd", attributes=LINK_MODE), False, True),
        (Raw(b"a", attributes=0o10644 << 16), False, True),
        (Raw(b"a", attributes=0x400, system=0), False, True),
    ],
)
def test_what_is_no_file_is_known(entry: Raw, is_folder: bool, is_special: bool) -> None:
    (found,) = directory_of(raw_zip(entry))
    assert (found.is_folder, found.is_special) == (is_folder, is_special)
