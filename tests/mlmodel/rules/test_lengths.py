import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmodel.rules.automata import accepts
from mlmodel.rules.lengths import length_table, range_table

limit = st.none() | st.integers(0, 12_000)


@given(limit, limit, st.text("0123456789", min_size=1, max_size=6))
def test_a_range_holds_what_lies_between_its_limits(
    least: int | None, most: int | None, text: str
) -> None:
    value = int(text)
    expected = (least is None or value >= least) and (most is None or value <= most)
    assert accepts(range_table(least, most), text) == expected


@pytest.mark.parametrize("zeros", range(4))
def test_leading_zeros_count_for_nothing_in_a_range(zeros: int) -> None:
    assert accepts(range_table(5, 7), "0" * zeros + "7")
    assert not accepts(range_table(5, 7), "0" * zeros + "70")


@given(st.integers(0, 4), st.none() | st.integers(4, 6), st.text("12", max_size=8))
def test_a_length_is_counted(least: int, most: int | None, text: str) -> None:
    expected = least <= len(text) <= (len(text) if most is None else most)
    assert accepts(length_table(least, most), text) == expected
