import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmodel.rules.automata import accepts
from mlmodel.rules.patterns import PatternWrong, pattern_table

ATOMS = ["0", "1", "2", ".", r"\d", "[12]", "[^0]", "[0-2]"]
patterns = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,}", "{0,2}", "*?"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=6,
)


@given(patterns, st.text("0123", max_size=6))
def test_it_matches_what_pythons_own_expressions_match(pattern: str, text: str) -> None:
    assert accepts(pattern_table(pattern), text) == bool(re.fullmatch(pattern, text))


def test_both_ends_may_be_marked() -> None:
    assert accepts(pattern_table("^12$"), "12")


@pytest.mark.parametrize(
    "pattern",
    [
        r"(1)\1",
        "(?=1)2",
        "(?<!1)2",
        "(?P<name>1)",
        "a",
        "1**",
        "1*+",
        "*1",
        "{2}",
        "1{65}",
        "1{3,2}",
        "1{",
        "1{,}",
        "[]",
        "[5-1]",
        "[a]",
        "[",
        "(",
        "1)",
        "\\",
        "\\D",
        "1$2",
        "\N{ARABIC-INDIC DIGIT ONE}",
    ],
)
def test_what_no_automaton_can_hold_is_refused(pattern: str) -> None:
    with pytest.raises(PatternWrong):
        pattern_table(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "1" * 201,
        r"(((\d{64}){64}){64}){64}",
        "(0|1)*1(0|1){40}",
        "(" * 100 + "1" + ")" * 99 + "{9}",
        "(1?){64}" * 25,
    ],
)
def test_a_hostile_pattern_is_refused_in_no_time(pattern: str) -> None:
    started = time.process_time()
    with pytest.raises(PatternWrong):
        pattern_table(pattern)
    assert time.process_time() - started < 5


def test_a_pattern_that_makes_others_slow_is_none_here() -> None:
    started = time.process_time()
    assert not accepts(pattern_table("(1+)+2"), "1" * 60)
    assert time.process_time() - started < 1
