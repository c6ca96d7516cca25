from typing import Any

import pytest

from mlmodel.rules.field_rule import FieldRule
from mlmodel.rules.ways import signs_of, ways


def values(data: dict[str, Any], digits: str) -> list[str]:
    return [way.value for way in ways(FieldRule.from_data(data), digits)]


def test_digits_mean_themselves() -> None:
    assert values({}, "007") == ["007"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ({}, ["0123", "012.3", "01.23"]),
        ({"least_decimals": 2}, ["01.23"]),
        ({"most_decimals": 0}, ["0123"]),
        ({"most_decimals": 9}, ["0123", "012.3", "01.23", "0.123"]),
    ],
)
def test_a_number_has_a_place_for_its_sign(number: dict[str, int], expected: list[str]) -> None:
    assert values({"kind": "number", "number": number}, "0123") == expected


def test_only_values_of_the_range_are_meant() -> None:
    data = {"kind": "number", "range": {"least": "5", "most": "50"}}
    assert values(data, "1234") == ["12.34"]


def test_a_sign_of_thousands_may_be_written_or_not() -> None:
    rule = FieldRule.from_data(
        {"kind": "number", "number": {"thousands_sign": "'", "least_decimals": 1}}
    )
    way = ways(rule, "12345678")[0]
    assert way.forms == ("1234567.8", "1,234,567.8")
    assert signs_of(rule) == {".": ".,", ",": "'"}


def test_a_point_is_no_comma_where_thousands_have_it() -> None:
    rule = FieldRule.from_data({"kind": "number", "number": {"thousands_sign": "."}})
    assert signs_of(rule) == {".": ",", ",": "."}


def test_short_dates_may_mean_two_days() -> None:
    data = {"kind": "date", "date": {"order": "dmy", "short": True}}
    assert sorted(values(data, "1112001")) == ["2001-01-11", "2001-11-01"]
    assert values(data, "04032001") == ["2001-03-04"]
