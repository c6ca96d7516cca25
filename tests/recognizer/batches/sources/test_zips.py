import io
import random
import zlib
from dataclasses import replace

import pytest

from recognizer.batches.sources.limits import Limits
from recognizer.batches.sources.members import members
from recognizer.batches.sources.refusals import NoMembers, TooManyMembers, ZipRatio, ZipTooLarge
from recognizer.refusals import Refusal
from tests.makers import blank_png, digits_png
from tests.recognizer.batches.sources.files import (
    LINK_MODE,
    Raw,
    codes,
    numbered,
    pdf_of,
    raw_zip,
    taken_apart,
    tiff_of,
    zip_of,
)

PNG = digits_png()
# A blank sheet without compression shrinks a thousandfold.
BLANK = bytes(1_000_000)
NOISE = random.Random(1).randbytes(1_000_000)


def mixed() -> bytes:
    """Pictures, documents and what can't be read, in turn."""
    return raw_zip(
        Raw(b"1.png", PNG),
        Raw(b"locked.png", PNG, flags=1),
        Raw(b"scan.pdf", pdf_of(*numbered(2))),
        Raw(b"broken.png", PNG, checksum=7),
        Raw(b"fax.tif", tiff_of(*numbered(3))),
        Raw(b"broken.pdf", b"%PDF-1.7 and nothing more"),
        Raw(b"inner.zip", zip_of(("1.png", PNG))),
        Raw(b"packed.png", PNG, method=14),
        Raw(b"link.png", b"/etc/passwd", attributes=LINK_MODE),
        Raw(b"folder/last.png", PNG),
    )


def test_each_member_has_its_own_answer() -> None:
    found = taken_apart(mixed())
    assert [member.number for member in found] == list(range(13))
    assert dict(zip([member.name for member in found], codes(found), strict=True)) == {
        "1.png": "",
        "locked.png": "member_encrypted",
        "scan.pdf#1": "",
        "scan.pdf#2": "",
        "broken.png": "member_damaged",
        "fax.tif#1": "",
        "fax.tif#2": "",
        "fax.tif#3": "",
        "broken.pdf": "pdf_damaged",
        "inner.zip": "archive_inside",
        "packed.png": "member_packing",
        "link.png": "member_not_a_file",
        "folder/last.png": "",
    }
    assert found[0].data == found[-1].data == PNG


@pytest.mark.parametrize("start", range(14))
def test_work_goes_on_where_it_was_cut_off(start: int) -> None:
    def seen(start: int) -> list[tuple[int, str, bytes]]:
        return [(each.number, each.name, each.data) for each in taken_apart(mixed(), start=start)]

    assert seen(start) == seen(0)[start:]


def test_what_systems_leave_beside_pictures_is_skipped() -> None:
    litter = ["a/", "__MACOSX/a/._1.png", "a/.DS_Store", "a/Thumbs.db", "._1.png", "a/desktop.ini"]
    found = taken_apart(zip_of(*((name, b"") for name in litter), ("a/1.png", PNG)))
    assert [(member.number, member.name) for member in found] == [(0, "a/1.png")]


def test_the_same_name_may_appear_twice() -> None:
    found = taken_apart(raw_zip(Raw(b"1.png", PNG), Raw(b"1.png", blank_png())))
    assert [(member.name, member.data) for member in found] == [
        ("1.png", PNG),
        ("1.png", blank_png()),
    ]


def test_a_member_without_a_name_is_called_by_its_number() -> None:
    assert taken_apart(raw_zip(Raw(b"..", PNG)), name="a.zip")[0].name == "a.zip#1"


def test_without_a_picture_there_is_nothing_to_do() -> None:
    with pytest.raises(NoMembers):
        taken_apart(zip_of(("a/", b""), (".DS_Store", b"")))


def test_a_picture_larger_than_may_be_is_not_unpacked() -> None:
    limits = Limits(member_bytes=1000)
    found = taken_apart(raw_zip(Raw(b"1.png", NOISE, checksum=7), Raw(b"2.png", b"2")), limits)
    assert codes(found) == ["file_too_large", ""]


def test_a_document_may_be_larger_than_a_picture() -> None:
    limits = Limits(member_bytes=1000)
    pdf = pdf_of(*numbered(1)) + bytes(range(256)) * 10
    assert codes(taken_apart(zip_of(("scan.pdf", pdf)), limits)) == [""]


def test_a_document_larger_than_may_be_is_not_unpacked() -> None:
    limits = Limits(document_bytes=1000)
    assert codes(taken_apart(zip_of(("1.pdf", bytes(2000))), limits)) == ["file_too_large"]


@pytest.mark.parametrize(
    ("limits", "refusal"),
    [
        (Limits(members=2), TooManyMembers),
        (Limits(unpacked_bytes=2_500_000), ZipTooLarge),
        (Limits(member_bytes=1_000_000, ratio=200), ZipRatio),
    ],
)
def test_limits_hold_for_the_whole(limits: Limits, refusal: type[Refusal]) -> None:
    archive = zip_of(*((f"{number}.png", BLANK) for number in range(3)))
    with pytest.raises(refusal):
        taken_apart(archive, limits)


def test_one_blank_sheet_may_shrink_to_nothing() -> None:
    assert codes(taken_apart(zip_of(("1.bmp", BLANK)))) == [""]


def test_pages_of_documents_count_as_members() -> None:
    archive = zip_of(("1.tif", tiff_of(*numbered(5))), ("2.png", PNG))
    found = taken_apart(archive, Limits(members=3))
    assert codes(found) == ["", "", "", "too_many_members"]
    assert taken_apart(archive, Limits(members=3), start=3)[0].number == 3


def test_a_document_of_too_many_pages_is_one_member() -> None:
    archive = zip_of(("1.tif", tiff_of(*numbered(5))), ("2.png", PNG))
    assert codes(taken_apart(archive, Limits(tiff_pages=4))) == ["too_many_pages", ""]


def test_a_document_in_a_document_is_left_alone() -> None:
    inner = zip_of(("1.pdf", pdf_of(*numbered(1))))
    assert codes(taken_apart(zip_of(("inner.docx", inner)))) == ["archive_inside"]


def test_members_are_made_one_at_a_time() -> None:
    """A member that is damaged further on does not keep the first one from being read."""
    good = Raw(b"1.png", PNG)
    damaged = replace(good, name=b"2.png", checksum=zlib.crc32(b"other"))
    found = members(io.BytesIO(raw_zip(good, damaged)), name="a.zip")
    assert next(found).data == PNG
    assert codes(list(found)) == ["member_damaged"]
