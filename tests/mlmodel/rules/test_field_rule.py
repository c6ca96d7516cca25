import json
import re
from pathlib import Path
from typing import Any

import pytest

from mlmodel.rules.field_rule import MOST_VALUES, FieldRule, RuleWrong

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"
RULES: list[dict[str, Any]] = [
    {},
    {"kind": "digits", "length": {"least": 5, "most": 5}},
    {"pattern": r"1[2-5]\d*", "length": {"most": 8}},
    {"range": {"least": "0.5", "most": "150"}},
    {"values": ["007", "7"]},
    {"check": "luhn", "length": {"least": 13, "most": 19}},
    {"check": "iban97", "country": "DE", "length": {"least": 20, "most": 20}},
    {"kind": "number"},
    {
        "kind": "number",
        "number": {"decimal_sign": ".", "thousands_sign": "'", "least_decimals": 2},
        "range": {"most": "99999.99"},
    },
    {"kind": "date", "date": {"order": "dmy"}},
    {
        "kind": "date",
        "date": {
            "order": "ymd",
            "year_digits": 2,
            "pivot": 1950,
            "short": True,
            "first": "1960-01-01",
            "last": "2020-12-31",
        },
    },
]


@pytest.mark.parametrize("data", RULES)
def test_a_rule_comes_back_from_json_as_it_was(data: dict[str, Any]) -> None:
    rule = FieldRule.from_data(data)
    written = json.loads(json.dumps(rule.to_data()))
    assert FieldRule.from_data(written) == rule
    assert hash(FieldRule.from_data(written)) == hash(rule)
    assert written["format"] == 1


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (None, ""),
        ([], ""),
        ({"other": 1}, ""),
        ({"format": 2}, "format"),
        ({"kind": "letters"}, "kind"),
        ({"length": {"least": "5"}}, "length.least"),
        ({"length": {"least": 0}}, "length"),
        ({"length": {"least": 5, "most": 4}}, "length"),
        ({"length": {"most": 65}}, "length"),
        ({"range": {"least": "two"}}, "range.least"),
        ({"range": {"most": "-1"}}, "range.most"),
        ({"range": {"most": "NaN"}}, "range.most"),
        ({"range": {"most": "1e999999999"}}, "range.most"),
        ({"range": {"least": "2", "most": "1"}}, "range"),
        ({"pattern": r"(1)\1"}, "pattern"),
        ({"values": []}, "values"),
        ({"values": ["1a"]}, "values"),
        ({"values": [""]}, "values"),
        ({"values": ["1" * 65]}, "values"),
        ({"values": ["\N{SUPERSCRIPT TWO}"]}, "values"),
        ({"values": ["1"] * (MOST_VALUES + 1)}, "values"),
        ({"check": "crc"}, "check"),
        ({"country": "DE"}, "country"),
        ({"check": "iban97", "country": "D1", "length": {"least": 20, "most": 20}}, "country"),
        ({"check": "iban97", "country": "DE"}, "country"),
        ({"kind": "number", "number": {"decimal_sign": ";"}}, "number.decimal_sign"),
        ({"kind": "number", "number": {"thousands_sign": ","}}, "number.thousands_sign"),
        ({"kind": "number", "number": {"thousands_sign": ".,"}}, "number.thousands_sign"),
        ({"kind": "number", "number": {"least_decimals": 3}}, "number"),
        ({"kind": "number", "check": "luhn"}, "check"),
        ({"kind": "number", "number": {"least_decimals": 2}, "length": {"most": 2}}, "length"),
        ({"kind": "date"}, "date"),
        ({"kind": "date", "date": {"order": "dym"}}, "date.order"),
        ({"kind": "date", "date": {"order": "dmy", "year_digits": 3}}, "date.year_digits"),
        ({"kind": "date", "date": {"order": "dmy", "pivot": 9999}}, "date.pivot"),
        ({"kind": "date", "date": {"order": "dmy", "first": "2100-01-01"}}, "date"),
        ({"kind": "date", "date": {"order": "dmy", "first": "0001-01-01"}}, "date"),
        ({"kind": "date", "date": {"order": "dmy", "first": "soon"}}, "date.first"),
        ({"kind": "date", "date": {"order": "dmy"}, "length": {}}, "length"),
        ({"check": "aba", "length": {"most": 8}}, ""),
        ({"values": ["12"], "pattern": "3."}, ""),
    ],
)
def test_a_wrong_rule_is_refused_with_the_name_of_its_part(data: Any, part: str) -> None:
    with pytest.raises(RuleWrong) as caught:
        FieldRule.from_data(data)
    assert caught.value.part == part
    assert part in str(caught.value)
    assert str(caught.value).endswith(".")


def test_the_rules_on_the_page_about_them_can_be_used() -> None:
    shown = re.findall(r"`({.*?})`(?=[,: |])", PAGE.read_text(encoding="utf-8"))
    assert len(shown) >= 9
    for data in shown:
        FieldRule.from_data(json.loads(data))
