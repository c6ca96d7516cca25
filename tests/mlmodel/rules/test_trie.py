import random
import time

from hypothesis import given
from hypothesis import strategies as st

from mlmodel.rules.automata import accepts, accepts_rows, rows_of
from mlmodel.rules.trie import trie_of

digits = st.text("0123456789", min_size=1, max_size=6)


@given(st.lists(digits, min_size=1, max_size=30), digits)
def test_it_accepts_the_texts_of_its_list_only(texts: list[str], other: str) -> None:
    trie = trie_of(texts)
    assert all(accepts(trie, text) for text in texts)
    assert accepts(trie, other) == (other in texts)


def test_leading_zeros_make_another_text() -> None:
    trie = trie_of(["007", "7"])
    assert [accepts(trie, text) for text in ("007", "07", "7")] == [True, False, True]


def test_an_empty_list_accepts_nothing() -> None:
    assert not accepts(trie_of([]), "1")


def test_a_hundred_thousand_long_numbers_are_small_and_quickly_made() -> None:
    source = random.Random(5)
    texts = ["".join(source.choices("0123456789", k=18)) for _ in range(100_000)]
    started = time.process_time()
    trie = trie_of(texts)
    assert time.process_time() - started < 3  # it takes 0.3 s on a free processor
    assert trie.first.nbytes + trie.digits.nbytes + trie.accepted.nbytes < 20_000_000
    assert accepts_rows(trie, rows_of(texts)).all()
