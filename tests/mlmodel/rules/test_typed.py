from typing import Any

import pytest

from mlmodel.rules.field_rule import FieldRule
from mlmodel.rules.typed import is_met, value_of, why_not

DATE = {"kind": "date", "date": {"order": "dmy", "first": "2000-01-01", "last": "2020-12-31"}}
SHORT = {"kind": "date", "date": {"order": "mdy", "short": True, "year_digits": 2}}
AMOUNT = {"kind": "number", "number": {"least_decimals": 2}, "range": {"least": "1", "most": "99"}}
THOUSANDS = {"kind": "number", "number": {"decimal_sign": ".", "thousands_sign": ","}}


@pytest.mark.parametrize(
    ("data", "text", "value"),
    [
        ({}, "007", "007"),
        ({}, " 12 34 ", "1234"),
        ({"values": ["007"]}, "007", "007"),
        (AMOUNT, "7,50", "7.50"),
        (AMOUNT, "07.50", "07.50"),
        (THOUSANDS, "1,234.5", "1234.5"),
        (THOUSANDS, "1234", "1234"),
        (DATE, "04032001", "2001-03-04"),
        (DATE, "4.3.2001", "2001-03-04"),
        (DATE, "2001-03-04", "2001-03-04"),
        (SHORT, "3/4/71", "1971-03-04"),
        (SHORT, "3/4/69", "2069-03-04"),
        (SHORT, "11571", None),
        (SHORT, "3471", "1971-03-04"),
    ],
)
def test_what_is_typed_has_a_value(data: dict[str, Any], text: str, value: str | None) -> None:
    rule = FieldRule.from_data(data)
    assert value_of(rule, text) == value
    assert is_met(rule, text) == (value is not None)


@pytest.mark.parametrize(
    ("data", "text", "code"),
    [
        ({}, " ", "empty"),
        ({}, "12a", "not_digits"),
        ({}, "\N{ARABIC-INDIC DIGIT ONE}", "not_digits"),
        ({}, "1,5", "not_digits"),
        ({"length": {"least": 3}}, "12", "too_short"),
        ({"length": {"most": 3}}, "1234", "too_long"),
        ({"range": {"least": "5"}}, "004", "too_small"),
        ({"range": {"most": "5"}}, "6", "too_large"),
        ({"pattern": "1."}, "21", "wrong_pattern"),
        ({"check": "luhn"}, "79927398710", "wrong_check_digit"),
        ({"values": ["007"]}, "7", "not_in_list"),
        (AMOUNT, "7", "too_few_decimals"),
        (AMOUNT, "7,501", "too_many_decimals"),
        (AMOUNT, "0,99", "too_small"),
        (AMOUNT, "99,01", "too_large"),
        (AMOUNT, "1,2,3", "not_digits"),
        (AMOUNT, ",50", "not_digits"),
        (AMOUNT, "7,", "not_digits"),
        (THOUSANDS, "1-2", "not_digits"),
        (DATE, "x", "not_digits"),
        (DATE, "31022001", "no_date"),
        (DATE, "31.2.2001", "no_date"),
        (DATE, "3.4.01", "no_date"),
        (DATE, "31121999", "too_early"),
        (DATE, "1.1.2021", "too_late"),
        (SHORT, "11171", "ambiguous_date"),
    ],
)
def test_what_is_wrong_is_named(data: dict[str, Any], text: str, code: str) -> None:
    assert why_not(FieldRule.from_data(data), text) == code


def test_leading_zeros_stay() -> None:
    assert value_of(FieldRule.from_data({"range": {"most": "50"}}), "0042") == "0042"
