from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmodel.rules import automata
from mlmodel.rules.automata import accepts
from mlmodel.rules.compiled import automaton_of
from mlmodel.rules.field_rule import FieldRule, RuleWrong
from mlmodel.rules.typed import is_met
from mlmodel.rules.ways import ways

DIGIT_RULES: list[dict[str, Any]] = [
    {},
    {"length": {"least": 2, "most": 3}},
    {"pattern": "[0-4]*5?"},
    {"range": {"least": "7.5", "most": "250"}},
    {"check": "luhn"},
    {"check": "verhoeff", "length": {"least": 2, "most": 4}},
    {"check": "damm", "range": {"most": "5000"}, "pattern": r"\d*[13579]"},
    {"values": ["0412", "412", "7", "18", "26"], "check": "luhn"},
]
NUMBERS: list[dict[str, Any]] = [
    {},
    {"range": {"least": "1.25", "most": "30"}},
    {"number": {"least_decimals": 2}, "length": {"least": 4, "most": 5}},
    {"number": {"most_decimals": 0}},
    {"number": {"least_decimals": 1, "most_decimals": 3}, "range": {"most": "9.5"}},
]


@pytest.mark.parametrize("data", DIGIT_RULES)
@given(text=st.text("0123456789", min_size=1, max_size=5))
def test_the_automaton_accepts_what_a_person_may_type(data: dict[str, Any], text: str) -> None:
    rule = FieldRule.from_data(data)
    assert accepts(automaton_of(rule), text) == is_met(rule, text)


@pytest.mark.parametrize("data", NUMBERS)
@given(text=st.text("0123456789", min_size=1, max_size=6))
def test_the_digits_of_a_number_are_accepted_if_they_mean_one(
    data: dict[str, Any], text: str
) -> None:
    rule = FieldRule.from_data({"kind": "number"} | data)
    meant = ways(rule, text)
    assert accepts(automaton_of(rule), text) == bool(meant)
    assert all(is_met(rule, way.value.replace(".", ",")) for way in meant)


def test_parts_that_are_too_much_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automata, "MOST_STATES", 300)
    with pytest.raises(RuleWrong, match="too complicated"):
        automaton_of(FieldRule.from_data({"check": "verhoeff", "pattern": "(00|1){3,60}"}))


def test_equal_rules_are_compiled_once() -> None:
    one, other = (FieldRule.from_data({"values": ["12", "34"]}) for _ in range(2))
    assert automaton_of(one) is automaton_of(other)
