import pytest

from recognizer.batches.sources import refusals
from recognizer.refusals import Refusal

EACH: list[Refusal] = [
    refusals.ZipDamaged(),
    refusals.ZipOverlapping(),
    refusals.ZipRatio(200),
    refusals.ZipTooLarge(2**30),
    refusals.NoMembers(),
    refusals.TooManyMembers(2000),
    refusals.TooManyPages(200),
    refusals.ArchiveInside(),
    refusals.MemberEncrypted(),
    refusals.MemberPacking(),
    refusals.MemberDamaged(),
    refusals.MemberNotAFile(),
    refusals.PdfEncrypted(),
    refusals.PdfDamaged(),
    refusals.PdfUnavailable(),
    refusals.TiffDamaged(),
    refusals.PageDamaged(),
    refusals.PageTooCostly(),
    refusals.PageUnsupported(),
]


def test_every_refusal_is_tested_here() -> None:
    of_this_module = {
        kind for kind in Refusal.__subclasses__() if kind.__module__ == refusals.__name__
    }
    assert {type(refusal) for refusal in EACH} == of_this_module


def test_codes_are_stable_and_tell_refusals_apart() -> None:
    assert [refusal.code for refusal in EACH] == [
        "zip_damaged",
        "zip_overlapping",
        "zip_ratio",
        "zip_too_large",
        "no_members",
        "too_many_members",
        "too_many_pages",
        "archive_inside",
        "member_encrypted",
        "member_packing",
        "member_damaged",
        "member_not_a_file",
        "pdf_encrypted",
        "pdf_damaged",
        "pdf_unavailable",
        "tiff_damaged",
        "page_damaged",
        "page_too_costly",
        "page_unsupported",
    ]


@pytest.mark.parametrize("refusal", EACH, ids=lambda refusal: refusal.code)
def test_a_refusal_is_a_sentence_for_the_sender(refusal: Refusal) -> None:
    assert refusal.status in {413, 415, 422}
    assert str(refusal)[0].isupper()
    assert str(refusal).endswith(".")


def test_limits_are_named() -> None:
    assert "200 times" in str(refusals.ZipRatio(200))
    assert "1024 MB" in str(refusals.ZipTooLarge(2**30))
    assert "2000 files" in str(refusals.TooManyMembers(2000))
    assert "200 pages" in str(refusals.TooManyPages(200))
