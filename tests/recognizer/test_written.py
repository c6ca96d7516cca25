import pytest
from django.core.exceptions import ValidationError

from recognizer.models import VERIFIED_WRITTEN, as_typed, without_signs


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12.50", "12.50"),
        (" 1 250,00 ", "1250,00"),
        ("12.50\r\n\r\n -5\n", "12.50|-5"),
        ("12 | 34", "12|34"),
        ("\N{MINUS SIGN}5 \N{EN DASH}5", "-5-5"),
        ("1\N{RIGHT SINGLE QUOTATION MARK}250", "1'250"),
        ("12\N{ARABIC DECIMAL SEPARATOR}5", "12,5"),
        ("", ""),
    ],
)
def test_what_is_typed_has_one_form(typed: str, kept: str) -> None:
    assert as_typed(typed) == kept


def test_without_its_signs_the_lines_stay_apart() -> None:
    assert without_signs("1.250,00|-5|(4)/2=+3:'") == "125000|5|423"


@pytest.mark.parametrize("text", ["", "5", "-5", "12.50|-5", "(4)/2", ".5", "5,-", "1'250:+="])
def test_digits_with_their_signs_can_be_verified(text: str) -> None:
    VERIFIED_WRITTEN(text)


@pytest.mark.parametrize("text", ["-", "5|", "|5", "5|-", "5||5", "5 5", "5%", "5a", "5\n"])
def test_anything_else_cannot(text: str) -> None:
    with pytest.raises(ValidationError):
        VERIFIED_WRITTEN(text)
