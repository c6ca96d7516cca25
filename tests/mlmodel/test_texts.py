from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.candidates import Candidate
from mlmodel.classifier import CLASSES as FRAME_CLASSES
from mlmodel.columns import CLASSES, NONE, ColumnDigit
from mlmodel.fusion import Opinion
from mlmodel.texts import (
    LineTexts,
    best_text,
    confidence_features,
    digit_shares,
    likely_texts,
    line_texts,
    text_confidence,
)
from tests.mlmodel.cards import make_reading_card

BY_PLACES, BY_COLUMNS = [1.0, 0.0], [0.0, 1.0]


def candidate(line: int) -> Candidate:
    seen = ColumnDigit(0.5, np.full(10, 0.1, np.float32), (0, 0, 1, 1))
    frame, classes = np.zeros((28, 28), np.float32), np.zeros(FRAME_CLASSES, np.float32)
    return Candidate((0, 0, 9, 20), line, seen, frame, classes, at_edge=False)


def opinion(value: int, presence: float = 0.9, sureness: float = 0.91) -> Opinion:
    values = np.full(10, (1 - sureness) / 9)
    values[value] = sureness
    return Opinion(presence, values)


def columns(text: str, sureness: float = 0.9) -> NDArray[np.float64]:
    """Columns that say this text, with none between."""
    shares = np.full((2 * len(text) + 1, CLASSES), (1 - sureness) / NONE)
    said = [NONE] * len(shares)
    said[1::2] = map(int, text)
    shares[range(len(shares)), said] = sureness
    return shares


def texts_of(
    lines: dict[int, list[Opinion]], said: dict[int, str], factors: list[float] = BY_PLACES
) -> tuple[LineTexts, ...]:
    return line_texts(
        [candidate(line) for line, places in lines.items() for _ in places],
        [place for places in lines.values() for place in places],
        {line: columns(text) for line, text in said.items()},
        factors,
    )


def test_a_picture_without_places_has_an_empty_text() -> None:
    assert best_text(()) == ("", 1.0)
    assert likely_texts((), 3) == [("", 1.0)]


def test_the_places_alone_count_a_digit_that_was_seen_twice() -> None:
    twice = {0: [opinion(3), opinion(5, 0.8), opinion(5)]}
    assert best_text(texts_of(twice, {0: "35"}))[0] == "355"
    assert best_text(texts_of(twice, {0: "35"}, [1.0, 1.0]))[0] == "35"


def test_the_columns_find_a_digit_that_the_places_doubt() -> None:
    faint = {0: [opinion(8), opinion(1, 0.2)]}
    assert best_text(texts_of(faint, {0: "81"}))[0] == "8"
    assert best_text(texts_of(faint, {0: "81"}, BY_COLUMNS))[0] == "81"


def test_lines_without_digits_leave_no_bar() -> None:
    lines = {0: [opinion(3)], 2: [opinion(7, 0.1)], 5: [opinion(4), opinion(4)]}
    found = texts_of(lines, {0: "3", 2: "", 5: "44"})
    assert best_text(found)[0] == likely_texts(found, 1)[0][0] == "3|44"


def test_likely_texts_share_the_probability() -> None:
    found = texts_of({0: [opinion(3, sureness=0.6)], 1: [opinion(4, 0.7)]}, {0: "3", 1: "4"})
    texts = likely_texts(found, 4)
    assert texts[0] == best_text(found)
    chances = [chance for _, chance in texts]
    assert chances == sorted(chances, reverse=True)
    assert 0.55 < sum(chances) <= 1
    assert len(texts) == 4


def test_a_digit_is_as_sure_as_the_texts_that_hold_it() -> None:
    places = [opinion(3, 0.9, 0.99), opinion(4, 0.6, 0.99)]
    (line,) = texts_of({0: places}, {0: "34"})
    shares = digit_shares(line, places)
    assert shares.shape == (2, 10)
    assert shares[0, 3] == pytest.approx(0.891, abs=0.01)
    assert shares[1, 4] == pytest.approx(0.594, abs=0.01)
    assert (shares > 0).all()
    assert (shares.sum(axis=1) <= 1).all()


def test_what_the_columns_say_beside_the_text_costs_confidence() -> None:
    card = make_reading_card(confidence=[0.0, 1.0, 0.5, 0.0])
    sure = {0: [opinion(3), opinion(4)]}
    as_read, otherwise = (
        text_confidence(texts_of(sure, {0: said}), card) for said in ("34", "394")
    )
    assert otherwise < as_read


def test_a_longer_text_may_be_trusted_more() -> None:
    card = make_reading_card(confidence=[0.0, 0.0, 0.0, 1.0])
    one, four = (texts_of({0: [opinion(3)] * n}, {0: "3" * n}) for n in (1, 4))
    assert text_confidence(one, card) == pytest.approx(1 / 2)
    assert text_confidence(four, card) == pytest.approx(4 / 5)


@pytest.mark.parametrize("lines", [{}, {0: [opinion(3)]}, {0: [opinion(3)], 1: [opinion(4)]}])
def test_confidence_stays_a_probability(lines: dict[int, Any]) -> None:
    found = texts_of(lines, {0: "999", 1: "999"})
    assert np.isfinite(confidence_features(found)).all()
    assert 0 <= text_confidence(found, make_reading_card()) <= 1
