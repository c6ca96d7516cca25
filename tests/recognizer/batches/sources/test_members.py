import io

import pytest

from recognizer.batches.sources.limits import MAX_PAGE_BYTES, Limits
from recognizer.batches.sources.members import members
from recognizer.intake.cleaning import clean
from tests.makers import digits_png
from tests.recognizer.batches.sources.files import (
    codes,
    numbered,
    pdf_of,
    taken_apart,
    tiff_of,
    zip_of,
)

PNG = digits_png()


def test_a_picture_is_given_on_as_it_is() -> None:
    (member,) = taken_apart(PNG, name="C:\\scans\\1.png")
    assert (member.number, member.name, member.data, member.refusal) == (0, "1.png", PNG, None)


def test_what_is_no_picture_is_left_to_the_gate() -> None:
    (member,) = taken_apart(b"Good morning.")
    assert member.data == b"Good morning."


def test_a_picture_larger_than_may_be_is_refused() -> None:
    limits = Limits(member_bytes=len(PNG) - 1)
    assert codes(taken_apart(PNG, limits)) == ["file_too_large"]
    assert codes(taken_apart(PNG, Limits(member_bytes=len(PNG)))) == [""]


def test_nothing_comes_after_a_picture() -> None:
    assert taken_apart(PNG, start=1) == []


@pytest.mark.parametrize("make", [pdf_of, tiff_of])
def test_a_document_is_given_as_its_pages(make: object) -> None:
    data = make(*numbered(3))  # type: ignore[operator]
    found = taken_apart(data, name="scan")
    assert [member.name for member in found] == ["scan#1", "scan#2", "scan#3"]
    assert [member.max_bytes for member in found] == [MAX_PAGE_BYTES] * 3
    assert taken_apart(data, name="scan", start=2) == found[2:]


@pytest.mark.parametrize(
    "data",
    [PNG, pdf_of(*numbered(1)), tiff_of(*numbered(1)), zip_of(("1.png", PNG))],
    ids=["picture", "PDF", "TIFF", "ZIP"],
)
def test_what_comes_passes_the_gate(data: bytes) -> None:
    (member,) = taken_apart(data)
    assert clean(member.data, max_bytes=member.max_bytes).width > 8


def test_a_file_that_was_read_before_is_taken_from_its_start() -> None:
    file = io.BytesIO(PNG)
    file.read()
    assert next(members(file, name="1.png")).data == PNG
