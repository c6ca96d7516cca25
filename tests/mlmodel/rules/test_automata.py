import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmodel.rules import automata
from mlmodel.rules.automata import (
    Table,
    TooManyStates,
    accepts,
    accepts_rows,
    product,
    rows_of,
    share_accepted,
    step,
    table_of,
    union,
)

digits = st.text("0123456789", max_size=12)


def multiples_of(number: int) -> Table:
    return table_of([0], lambda rest, digit: (rest * 10 + digit) % number, lambda rest: rest == 0)


def at_most(length: int) -> Table:
    return table_of([0], lambda n, _: n + 1 if n < length else None, lambda n: n > 0)


@given(digits)
def test_a_table_accepts_what_its_functions_say(text: str) -> None:
    assert accepts(multiples_of(7), text) == (int(text or "0") % 7 == 0)


@given(digits)
def test_a_product_accepts_what_both_accept(text: str) -> None:
    both = product(multiples_of(7), at_most(5))
    assert accepts(both, text) == (0 < len(text) <= 5 and int(text) % 7 == 0)


@given(digits)
def test_a_union_accepts_what_either_accepts(text: str) -> None:
    either = union([multiples_of(7), at_most(2)])
    assert accepts(either, text) == (0 < len(text) <= 2 or int(text or "0") % 7 == 0)


def test_no_state_is_left_from_which_nothing_is_accepted() -> None:
    only_42 = table_of(
        [""], lambda text, digit: f"{text}{digit}" if len(text) < 2 else None, lambda t: t == "42"
    )
    assert len(only_42.accepted) == 3
    assert step(only_42, only_42.starts[0], 5) is None


def test_what_accepts_nothing_has_no_start() -> None:
    nothing = table_of([0], lambda _n, _d: None, lambda _: False)
    assert nothing.starts == ()
    assert not accepts(nothing, "1")


def test_a_table_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automata, "MOST_STATES", 100)
    with pytest.raises(TooManyStates):
        table_of([0], lambda n, _: n + 1, lambda _: True)
    with pytest.raises(TooManyStates):
        product(multiples_of(11), at_most(40))


def test_many_texts_are_checked_at_once() -> None:
    texts = ["7", "14", "15", "", "0021"]
    assert accepts_rows(multiples_of(7), rows_of(texts)).tolist() == [True, True, False, True, True]


def test_the_share_of_accepted_texts_is_counted() -> None:
    assert share_accepted(at_most(2), 64, usual=16) == pytest.approx(2 / 16)
    pairs = product(multiples_of(10), table_of([0], lambda n, _: n + 1 if n < 2 else None, bool))
    assert share_accepted(pairs, 64, usual=1) == pytest.approx(0.2)


def test_steps_are_given_for_many_states_at_once() -> None:
    table = multiples_of(3)
    behind = table.steps(np.array([0, 1, 2]))
    assert behind.shape == (3, 10)
    assert behind[1].tolist() == [step(table, 1, digit) for digit in range(10)]
