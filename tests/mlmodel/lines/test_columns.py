import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.lines.columns import ANSWERS, CLASSES, COLUMN_PX, EXTENTS, NONE, decode
from mlmodel.lines.strips import DIGIT_HEIGHT_PX


def answer(*digits: tuple[int, int, float], columns: int = 32) -> NDArray[np.float32]:
    """An answer with these digits: column, value, and the logit by which it beats "none"."""
    columns_of = np.zeros((columns, ANSWERS), np.float32)
    columns_of[:, NONE] = 8
    for column, value, logit in digits:
        columns_of[column, value] = columns_of[column, NONE] + logit
        columns_of[column, CLASSES : CLASSES + EXTENTS] = 0.25, 0.3, 0.5, 1.4
    return columns_of


def test_digits_come_from_left_to_right() -> None:
    found = decode(answer((20, 7, 5), (4, 3, 5), (11, 3, 9)))
    assert [digit.value for digit in found] == [3, 3, 7]


def test_a_column_without_a_digit_is_none() -> None:
    assert decode(answer()) == []
    assert decode(answer((5, 1, -1))) == []


def test_the_likelier_of_two_neighbours_is_one_digit() -> None:
    assert [digit.value for digit in decode(answer((5, 1, 2), (6, 4, 3)))] == [4]


def test_probabilities_are_of_a_digit_that_is_there() -> None:
    (digit,) = decode(answer((5, 6, 1)))
    assert digit.probabilities.sum() == pytest.approx(1, abs=1e-4)
    assert digit.probabilities.dtype == np.float32
    assert digit.presence == pytest.approx(1 / (1 + np.exp(-1)), abs=0.02)


def test_a_box_is_in_pixels_of_the_strip() -> None:
    (digit,) = decode(answer((10, 2, 5)))
    middle = 10 * COLUMN_PX + (COLUMN_PX - 1) / 2
    expected = middle - 6, 7.2, middle + 12, 33.6
    assert DIGIT_HEIGHT_PX == 24
    assert digit.edges == pytest.approx(expected, abs=1e-3)


def test_presence_that_is_spread_over_columns_is_one_digit_s() -> None:
    (digit,) = decode(answer((5, 6, -0.4), (7, 6, -0.5)))
    assert digit.value == 6
    assert digit.presence == pytest.approx(0.78 / (0.78 + 0.6 * 0.62), abs=0.02)


def test_two_digits_that_stand_close_are_two() -> None:
    assert [digit.value for digit in decode(answer((5, 1, 5), (7, 1, 4)))] == [1, 1]


def test_fainter_digits_are_found_on_request() -> None:
    faint = answer((5, 1, -2), (15, 4, 3))
    assert [digit.value for digit in decode(faint, least=0.05)] == [1, 4]
    assert [digit.value for digit in decode(faint)] == [4]
