import numpy as np
import pytest

from mlmodel.lines.columns import ColumnDigit
from mlmodel.texts.candidates import Candidate, Found
from mlmodel.texts.lattice import Hypothesis
from mlmodel.texts.line_texts import LineTexts
from mlmodel.texts.written import written
from tests.mlmodel.second.columns import columns, line


def place(number: int) -> Candidate:
    seen = ColumnDigit(0.9, np.full(10, 0.1, np.float32), (0, 0, 1, 1))
    frame, classes = np.zeros((28, 28), np.float32), np.zeros(11, np.float32)
    return Candidate((0, 0, 9, 20), number, seen, frame, classes, at_edge=False)


def read(*texts: str) -> tuple[LineTexts, ...]:
    """Lines of one place each, which stands for all of their digits."""
    return tuple(
        LineTexts(i, (Hypothesis(text, 0.0, (0,)),), np.zeros((1, 3)), np.ones(1))
        for i, text in enumerate(texts)
    )


def found(*said: str) -> Found:
    places = tuple(place(number) for number in range(len(said)))
    return Found(places, {}, second={i: (line(columns(text)),) for i, text in enumerate(said)})


def test_a_number_is_given_with_its_signs() -> None:
    assert written(read("1250"), found("12.50")).text == "12.50"


def test_lines_are_separated_and_empty_ones_left_out() -> None:
    said = found("-1", "a", "2,5")
    assert written(read("1", "", "25"), said).text == "-1|2,5"


def test_signs_in_doubt_cost_confidence() -> None:
    clear, faint = found("12.50"), found("12.50")
    faint.second[0][0].shares[6] = 0.5 * columns("12.50")[6] + 0.5 * columns("12.50")[0]
    sure, doubtful = (written(read("1250"), said).confidence for said in (clear, faint))
    assert sure is not None
    assert doubtful is not None
    assert doubtful < 0.7 < sure <= 1


def test_without_the_second_reader_nothing_is_said_of_signs() -> None:
    alone = Found((place(0),), {})
    assert written(read("1250"), alone).text == "1250"
    assert written(read("1250"), alone).confidence is None


def test_digits_for_which_a_look_has_no_room_have_no_signs() -> None:
    read_so = written(read("1111111"), found("1"))
    assert (read_so.text, read_so.confidence) == ("1111111", 0.0)


def test_a_refusal_has_no_signs() -> None:
    assert written((), Found((), {})).text == ""


def test_confidence_is_a_probability() -> None:
    confidence = written(read("1250"), found("1250")).confidence
    assert confidence == pytest.approx(1, abs=0.2)
