from typing import Any

import pytest

from mlmodel.rules.field_rule import FieldRule
from mlmodel.texts.meanings import meaning_of
from tests.mlmodel.second.columns import columns, line


def meaning(data: dict[str, Any], digits: str, said: str | None) -> tuple[str, float | None]:
    answers = () if said is None else (line(columns(said)),)
    found = meaning_of(FieldRule.from_data(data), digits, answers)
    assert found is not None
    return found[0].value, found[1]


def number(**form: Any) -> dict[str, Any]:
    return {"kind": "number", "number": form}


@pytest.mark.parametrize(
    ("said", "value"),
    [("12,50", "12.50"), ("12.50", "12.50"), ("125,0", "125.0"), ("1250", "1250")],
)
def test_the_sign_that_was_seen_decides(said: str, value: str) -> None:
    found, share = meaning(number(), "1250", said)
    assert found == value
    assert share is not None
    assert share > 0.6


def test_a_sign_that_is_demanded_is_not_made_up() -> None:
    _, share = meaning(number(least_decimals=2), "1250", "1250")
    assert share is not None
    assert share < 0.01


def test_a_sign_that_the_rule_does_not_know_speaks_against_the_value() -> None:
    _, share = meaning(number(most_decimals=0), "1250", "12,50")
    assert share is not None
    assert share < 0.1


def test_signs_of_thousands_are_no_decimal_signs() -> None:
    form = number(thousands_sign=".", most_decimals=3)
    assert meaning(form, "1250", "1.250")[0] == "1250"
    assert meaning(form, "1250", "1,250")[0] == "1.250"


def test_a_number_without_the_second_reader_is_not_known() -> None:
    assert meaning(number(), "1250", None)[1] is None


def test_a_date_needs_no_signs() -> None:
    data = {"kind": "date", "date": {"order": "dmy"}}
    assert meaning(data, "04032001", None) == ("2001-03-04", 1.0)
    assert meaning(data, "04032001", "04032001") == ("2001-03-04", 1.0)


@pytest.mark.parametrize(("said", "day"), [("1/11/2001", "01-11-01"), ("11.1.2001", "01-01-11")])
def test_signs_tell_which_day_short_digits_mean(said: str, day: str) -> None:
    data = {"kind": "date", "date": {"order": "dmy", "short": True}}
    value, share = meaning(data, "1112001", said)
    assert value == f"20{day}"
    assert share is not None
    assert share > 0.9


def test_short_digits_without_signs_stay_in_doubt() -> None:
    data = {"kind": "date", "date": {"order": "dmy", "short": True}}
    _, share = meaning(data, "1112001", "1112001")
    assert share is not None
    assert share < 0.8


def test_digits_that_mean_nothing_have_no_meaning() -> None:
    rule = FieldRule.from_data({"kind": "date", "date": {"order": "dmy"}})
    assert meaning_of(rule, "99999999", ()) is None
