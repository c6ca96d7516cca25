import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmodel.evaluation.alignment import Pair, align

TEXTS = st.text("0123456789|", max_size=8)


@pytest.mark.parametrize(
    ("written", "read", "pairs"),
    [
        ("42", "42", [Pair(0, 0), Pair(1, 1)]),
        ("42", "47", [Pair(0, 0), Pair(1, 1)]),
        ("42", "4", [Pair(0, 0), Pair(1, None)]),
        ("42", "412", [Pair(0, 0), Pair(None, 1), Pair(1, 2)]),
        ("", "7", [Pair(None, 0)]),
        ("", "", []),
    ],
)
def test_it_finds_the_shortest_way(written: str, read: str, pairs: list[Pair]) -> None:
    assert align(written, read) == pairs


@given(TEXTS, TEXTS)
def test_every_digit_of_both_texts_is_there_once_in_order(written: str, read: str) -> None:
    pairs = align(written, read)
    assert [pair.written for pair in pairs if pair.written is not None] == [*range(len(written))]
    assert [pair.read for pair in pairs if pair.read is not None] == [*range(len(read))]


@given(TEXTS)
def test_a_text_is_aligned_with_itself(text: str) -> None:
    assert align(text, text) == [Pair(index, index) for index in range(len(text))]
