import pytest

from recognizer import refusals
from recognizer.refusals import Refusal

EACH: list[Refusal] = [
    refusals.MissingFile(),
    refusals.EmptyFile(),
    refusals.FileTooLarge(10 * 2**20),
    refusals.UnsupportedType(),
    refusals.ImageDamaged(),
    refusals.TooManyPixels(16),
    refusals.SideTooLong(10_000),
    refusals.TooSmall(8),
    refusals.TooManyParts(),
    refusals.HeicUnavailable(),
]


def test_every_refusal_is_tested_here() -> None:
    of_this_module = {
        kind for kind in Refusal.__subclasses__() if kind.__module__ == refusals.__name__
    }
    assert {type(refusal) for refusal in EACH} == of_this_module


def test_codes_are_stable_and_tell_refusals_apart() -> None:
    assert [refusal.code for refusal in EACH] == [
        "missing_file",
        "empty_file",
        "file_too_large",
        "unsupported_type",
        "image_damaged",
        "too_many_pixels",
        "side_too_long",
        "too_small",
        "too_many_parts",
        "heic_unavailable",
    ]


@pytest.mark.parametrize("refusal", EACH, ids=lambda refusal: refusal.code)
def test_a_refusal_is_the_sender_s_to_mend(refusal: Refusal) -> None:
    assert refusal.status in {400, 413, 415, 422}


@pytest.mark.parametrize("refusal", EACH, ids=lambda refusal: refusal.code)
def test_a_refusal_speaks_in_sentences(refusal: Refusal) -> None:
    assert str(refusal)[0].isupper()
    assert str(refusal).endswith(".")


def test_limits_are_named() -> None:
    assert "10 MB" in str(refusals.FileTooLarge(10 * 2**20))
    assert "16 megapixels" in str(refusals.TooManyPixels(16))
    assert "10000 pixels" in str(refusals.SideTooLong(10_000))
    assert "8 pixels" in str(refusals.TooSmall(8))


def test_a_hint_stands_before_the_accepted_types() -> None:
    assert str(refusals.UnsupportedType("This is a PDF.")) == (
        "This is a PDF. Send a PNG, JPEG, WebP, BMP or GIF picture."
    )
