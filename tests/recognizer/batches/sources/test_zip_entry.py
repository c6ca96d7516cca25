import io
import zlib

import pytest

from recognizer.batches.sources.refusals import MemberDamaged, MemberPacking
from recognizer.batches.sources.zip_directory import read_directory
from recognizer.batches.sources.zip_entry import UNPACKED_BYTES, unpacked
from tests.recognizer.batches.sources.files import Raw, put, raw_zip, zip_of

CONTENT = bytes(range(256)) * 4000


def content_of(data: bytes) -> bytes:
    file = io.BytesIO(data)
    return b"".join(unpacked(file, read_directory(file, 10)[0]))


@pytest.mark.parametrize("method", [0, 8])
def test_a_file_is_unpacked_whole(method: int) -> None:
    assert content_of(zip_of(("1.png", CONTENT), method=method)) == CONTENT


@pytest.mark.parametrize("method", [0, 8])
def test_an_empty_file_is_empty(method: int) -> None:
    assert content_of(raw_zip(Raw(b"1.png", method=method))) == b""


def test_pieces_stay_small() -> None:
    file = io.BytesIO(zip_of(("1.png", bytes(10**7))))
    pieces = unpacked(file, read_directory(file, 10)[0])
    assert max(map(len, pieces)) <= UNPACKED_BYTES


def test_others_may_read_the_file_meanwhile() -> None:
    file = io.BytesIO(zip_of(("1.png", CONTENT), method=0))
    pieces = []
    for piece in unpacked(file, read_directory(file, 10)[0]):
        pieces.append(piece)
        file.seek(3)
    assert b"".join(pieces) == CONTENT


@pytest.mark.parametrize("method", [1, 6, 9, 12, 14, 93, 95, 98, 99])
def test_another_method_is_not_tried(method: int) -> None:
    with pytest.raises(MemberPacking):
        content_of(raw_zip(Raw(b"1.png", CONTENT, method=method)))


@pytest.mark.parametrize(
    "entry",
    [
        Raw(b"1.png", CONTENT, checksum=7),
        Raw(b"1.png", CONTENT, size=len(CONTENT) - 1),
        Raw(b"1.png", CONTENT, size=len(CONTENT) + 1),
        Raw(b"1.png", CONTENT, method=0, size=len(CONTENT) + 1),
        Raw(b"1.png", CONTENT, packed=100),
        Raw(b"1.png", CONTENT, local_name=b"2.png"),
        Raw(b"1.png", CONTENT, local_size=3),
    ],
    ids=repr,
)
def test_what_contradicts_the_directory_is_damaged(entry: Raw) -> None:
    with pytest.raises(MemberDamaged):
        content_of(raw_zip(entry))


def test_a_header_may_not_push_its_content_into_the_next_file() -> None:
    """Else files could share bytes although the directory shows them beside one another."""
    shift, length_at = 5, 28
    shared = CONTENT[shift:] + b"PK\3\4\x14"
    entry = Raw(b"1.png", CONTENT, method=0, checksum=zlib.crc32(shared))
    data = put(raw_zip(entry, Raw(b"2.png", method=0)), length_at, shift, "<H")
    assert shared in data
    with pytest.raises(MemberDamaged):
        content_of(data)


def test_sizes_may_follow_the_file() -> None:
    assert content_of(raw_zip(Raw(b"1.png", CONTENT, flags=8, local_size=0))) == CONTENT


def test_no_more_is_unpacked_than_is_stated() -> None:
    file = io.BytesIO(raw_zip(Raw(b"1.png", bytes(10**7), size=1000)))
    with pytest.raises(MemberDamaged):
        next(unpacked(file, read_directory(file, 10)[0]))


@pytest.mark.parametrize("at", [0, 4 + 4, 30 + 5 + 20])
def test_a_damaged_header_or_content_is_noticed(at: int) -> None:
    data = zip_of(("1.png", CONTENT))
    with pytest.raises(MemberDamaged):
        content_of(put(data, at, data[at] ^ 0xFF, "B"))
