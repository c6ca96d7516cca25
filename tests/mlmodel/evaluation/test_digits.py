import numpy as np
import pytest

from mlmodel.evaluation.digits import count_digits, digit_answers
from mlmodel.evaluation.share import Share
from tests.mlmodel.evaluation.answers import make_answer

# Of five digits one is missed, and one is read as another; then there is one too many.
ANSWERS = [make_answer("123", "13"), make_answer("4", "45"), make_answer("6", "0")]


def test_digits_are_counted_in_the_shortest_alignment() -> None:
    digits = count_digits(ANSWERS)
    assert digits.right == Share.of(3, 5)
    assert (digits.replaced, digits.missed, digits.invented) == (1, 1, 1)
    assert digits.accuracy == pytest.approx(0.4)


def test_the_confusion_holds_what_was_written_and_read() -> None:
    confusion = np.array(count_digits(ANSWERS).confusion)
    assert np.argwhere(confusion).tolist() == [[1, 1], [3, 3], [4, 4], [6, 0]]


def test_a_line_break_is_no_digit() -> None:
    assert count_digits([make_answer("1|2", "12")]).right == Share.of(2, 2)


def test_a_refused_picture_misses_all_its_digits() -> None:
    digits = count_digits([make_answer("42", "", refused=True)])
    assert (digits.missed, digits.right.count) == (2, 2)


def test_only_digits_that_were_read_are_answers() -> None:
    found = digit_answers([make_answer("123", "124", 0.95), make_answer("5", "", refused=True)])
    assert found == [(0.95, True), (0.95, True), (0.95, False)]


def test_an_invented_digit_is_a_wrong_answer() -> None:
    assert digit_answers([make_answer("", "7", 0.6)]) == [(0.6, False)]
