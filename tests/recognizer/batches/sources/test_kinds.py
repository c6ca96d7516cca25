import io

import pytest

from recognizer.batches.sources.kinds import Kind, is_archive, kind_of
from tests.makers import digits_image, digits_png, encoded, photo_jpeg
from tests.recognizer.batches.sources.files import numbered, pdf_of, raw_zip, tiff_of, zip_of


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (digits_png(), Kind.PICTURE),
        (photo_jpeg(), Kind.PICTURE),
        (b"", Kind.PICTURE),
        (b"Good morning.", Kind.PICTURE),
        (zip_of(("1.png", b"")), Kind.ZIP),
        (raw_zip(), Kind.ZIP),
        (pdf_of(*numbered(1)), Kind.PDF),
        (b"\x1b%-12345X@PJL JOB\n" + pdf_of(*numbered(1)), Kind.PDF),
        (tiff_of(*numbered(1)), Kind.TIFF),
        (tiff_of(*numbered(1), big_tiff=True), Kind.TIFF),
    ],
)
def test_a_file_is_known_by_its_content(data: bytes, kind: Kind) -> None:
    assert kind_of(io.BytesIO(data)) is kind


def test_a_picture_that_speaks_of_a_pdf_stays_a_picture() -> None:
    jpeg = encoded(digits_image("1"), "JPEG", comment=b"%PDF-1.7")
    assert kind_of(io.BytesIO(jpeg)) is Kind.PICTURE


def test_a_file_that_was_read_before_is_looked_at_from_its_start() -> None:
    file = io.BytesIO(zip_of(("1.png", b"")))
    file.read()
    assert kind_of(file) is Kind.ZIP


@pytest.mark.parametrize(
    "head",
    [b"PK\3\4", b"Rar!\x1a\7", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", bytes(257) + b"ustar"],
)
def test_other_archives_are_known_as_well(head: bytes) -> None:
    assert is_archive(head.ljust(300, b"\0"))


def test_a_picture_is_no_archive() -> None:
    assert not is_archive(digits_png())
