from itertools import product

import numpy as np
import pytest

from mlmodel.lines.ctc import text_logs
from mlmodel.second.alphabet import CHARACTERS
from mlmodel.second.decoding import digit_columns, likely_digits, placed
from tests.mlmodel.second.columns import columns


def test_signs_and_letters_count_as_no_digit() -> None:
    shares = columns("1.a2")
    merged = digit_columns(shares)
    assert merged.shape == (len(shares), 11)
    assert merged.sum(axis=1) == pytest.approx(1)
    assert likely_digits(merged, 1) == ["12"]


def test_equal_digits_are_apart_where_something_stands_between() -> None:
    assert likely_digits(digit_columns(columns("11")), 1) == ["11"]
    assert likely_digits(digit_columns(columns("11", apart=1)), 1) == ["1"]


def test_the_search_finds_the_likeliest_texts_in_their_order() -> None:
    random = np.random.default_rng(3)
    shares = random.dirichlet(np.full(11, 0.2), size=4)
    shares[:, 2:10] = 0
    shares /= shares.sum(axis=1, keepdims=True)
    every = ["".join(text) for n in range(5) for text in product("01", repeat=n)]
    logs = text_logs(shares, every)
    by_hand = [every[i] for i in np.argsort(-logs)]
    assert likely_digits(shares, 3) == by_hand[:3]


def test_each_digit_is_placed_in_its_column() -> None:
    way = placed(columns("407", apart=3), "407")
    assert way.characters == "407"
    assert way.columns == (3, 6, 9)


def test_a_digit_over_several_columns_stands_in_the_middle_of_them() -> None:
    shares = np.repeat(columns("5", apart=1), [1, 5], axis=0)
    assert placed(shares, "5").columns == (3,)


def test_signs_are_found_beside_the_digits_that_were_read() -> None:
    way = placed(columns("(1.250,50)"), "125050", signs=True)
    assert way.characters == "(1.250,50)"


def test_digits_that_were_read_otherwise_are_kept() -> None:
    way = placed(columns("12.8"), "123", signs=True)
    assert way.characters == "12.3"
    assert way.log < placed(columns("12.8"), "128", signs=True).log


def test_letters_are_no_signs() -> None:
    assert placed(columns("a12a"), "12", signs=True).characters == "12"


def test_no_digits_are_placed_nowhere() -> None:
    assert placed(columns("12"), "").columns == ()


def test_all_characters_have_a_column() -> None:
    way = placed(columns(CHARACTERS[10:20]), "", signs=True)
    assert len(way.columns) == len(way.characters) == 10
