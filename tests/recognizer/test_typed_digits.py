import sys
import time
import unicodedata

import pytest
from django.core.exceptions import ValidationError

from recognizer.typed_digits import MOST_CHARACTERS, DigitsField, plain_digits

SCRIPTS = {
    "Arabic": "٤٧١١",
    "Persian": "۴۷۱۱",
    "Devanagari": "४७११",
    "Bengali": "৪৭১১",
    "full-width": "４７１１",  # noqa: RUF001
    "between marks of direction": "\u200f\u202b47\u200e11\u202c\u2069",
    "between zero-width characters": "\ufeff4\u200b7\u200d1\u20601\u00ad",
    "with an emoji's selector": "4\ufe0f7\ufe0f1\ufe0f1\ufe0f",
}


def test_every_decimal_digit_of_unicode_becomes_plain() -> None:
    digits = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) == "Nd"]
    assert len(digits) > 600
    assert [c for c in digits if plain_digits(c) != str(unicodedata.decimal(c))] == []


@pytest.mark.parametrize("typed", SCRIPTS.values(), ids=SCRIPTS)
def test_digits_of_any_script_are_the_same_digits(typed: str) -> None:
    assert plain_digits(typed) == "4711"


@pytest.mark.parametrize("space", ["\u00a0", "\u2007", "\u202f", "\u3000"])
def test_a_space_that_does_not_break_is_a_space(space: str) -> None:
    assert plain_digits(f"47{space}11") == "47 11"


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("١٢٫٥٠", "12.50"), ("１２．５０", "12.50"), ("４７｜１１", "47|11")],  # noqa: RUF001
)
def test_signs_become_plain_with_their_digits(typed: str, plain: str) -> None:
    assert plain_digits(typed) == plain


@pytest.mark.parametrize("text", ["", "4a", "-7", "<b>", "4\n7", "四七"])
def test_what_is_no_digit_is_left_to_whoever_checks_it(text: str) -> None:
    assert plain_digits(text) == text


def test_a_limit_holds_for_the_digits_and_not_for_the_marks() -> None:
    field = DigitsField(max_length=4)
    assert field.clean("\u200f4\u200f7\u200f1\u200f1\u200f") == "4711"
    with pytest.raises(ValidationError):
        field.clean("⑳⑳⑳")  # six digits in three characters


def test_a_flood_of_characters_costs_no_time() -> None:
    # One character that stands for eighteen, 2.5 MB of it: the largest form there may be.
    flood = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 800_000
    started = time.process_time()
    assert plain_digits(flood) == flood
    assert time.process_time() - started < 0.1
    assert len(flood) > MOST_CHARACTERS
