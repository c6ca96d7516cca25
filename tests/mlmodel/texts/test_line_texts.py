import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.digits.classifier import CLASSES as FRAME_CLASSES
from mlmodel.digits.classifier import OTHER
from mlmodel.lines.columns import CLASSES, NONE, ColumnDigit
from mlmodel.odds import LEAST_PROBABILITY, logit
from mlmodel.texts.candidates import Candidate, Found
from mlmodel.texts.fusion import Opinion
from mlmodel.texts.line_texts import (
    CONFIDENCE_FEATURES,
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


def candidate(
    line: int = 0, value: int = 3, confidence: float = 0.5, height: int = 20
) -> Candidate:
    """One whose classifier is so sure of a value; the rest is what is no digit."""
    seen = ColumnDigit(0.5, np.full(10, 0.1, np.float32), (0, 0, 1, 1))
    frame, classes = np.zeros((28, 28), np.float32), np.zeros(FRAME_CLASSES, np.float32)
    classes[[value, OTHER]] = confidence, 1 - confidence
    return Candidate((0, 0, 9, height), line, seen, frame, classes, at_edge=False)


def opinion(value: int, presence: float = 0.9, confidence: float = 0.91) -> Opinion:
    values = np.full(10, (1 - confidence) / 9)
    values[value] = confidence
    return Opinion(presence, values)


def columns(text: str, confidence: float = 0.9) -> NDArray[np.float64]:
    """Columns that say this text, with none between."""
    shares = np.full((2 * len(text) + 1, CLASSES), (1 - confidence) / NONE)
    said = [NONE] * len(shares)
    said[1::2] = map(int, text)
    shares[range(len(shares)), said] = confidence
    return shares


def candidates_of(lines: dict[int, list[Opinion]]) -> list[Candidate]:
    return [candidate(line) for line, places in lines.items() for _ in places]


def found_in(lines: dict[int, list[Opinion]]) -> Found:
    return Found(tuple(candidates_of(lines)), {})


def opinions_of(lines: dict[int, list[Opinion]]) -> list[Opinion]:
    return [place for places in lines.values() for place in places]


def texts_of(
    lines: dict[int, list[Opinion]], said: dict[int, str], factors: list[float] = BY_PLACES
) -> tuple[LineTexts, ...]:
    shares = {line: columns(text) for line, text in said.items()}
    return line_texts(Found(tuple(candidates_of(lines)), shares), opinions_of(lines), factors)


def confidence_of(lines: dict[int, list[Opinion]], said: dict[int, str], *factors: float) -> float:
    """The confidence in what the lines hold, by the first factors of a card."""
    missing = [0.0] * (CONFIDENCE_FEATURES - len(factors))
    card = make_reading_card(confidence=[*factors, *missing])
    found = texts_of(lines, said)
    return text_confidence(found, found_in(lines), opinions_of(lines), card)


def place_features(
    candidates: list[Candidate], opinions: list[Opinion]
) -> tuple[float, float, float, float]:
    """What the places of one line have that speaks against it; the columns say "3" of each."""
    found = Found(tuple(candidates), {0: columns("3" * len(candidates))})
    lines = line_texts(found, opinions, BY_PLACES)
    frame, value, left_out, heights = confidence_features(lines, found, opinions)[4:]
    return frame, value, left_out, heights


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
    found = texts_of({0: [opinion(3, confidence=0.6)], 1: [opinion(4, 0.7)]}, {0: "3", 1: "4"})
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
    sure = {0: [opinion(3), opinion(4)]}
    as_read, otherwise = (confidence_of(sure, {0: said}, 0.0, 1.0, 0.5) for said in ("34", "394"))
    assert otherwise < as_read


def test_a_longer_text_may_be_trusted_more() -> None:
    one, four = (
        confidence_of({0: [opinion(3)] * n}, {0: "3" * n}, 0.0, 0.0, 0.0, 1.0) for n in (1, 4)
    )
    assert one == pytest.approx(1 / 2)
    assert four == pytest.approx(4 / 5)


def test_the_worst_digit_speaks_for_all() -> None:
    sure, doubted = candidate(confidence=0.99), candidate(confidence=0.2)
    alike = [opinion(3), opinion(3)]
    frame, *_ = place_features([sure, doubted], alike)
    assert frame == pytest.approx(logit(0.2))
    assert place_features([sure, sure], alike)[0] == pytest.approx(logit(0.99), abs=1e-3)


def test_a_digit_that_the_classifier_reads_otherwise_tells() -> None:
    alike = [opinion(3), opinion(3)]
    same, other = candidate(value=3), candidate(value=8)
    assert place_features([same, same], alike)[1] == pytest.approx(0.0, abs=1e-6)
    assert place_features([same, other], alike)[1] == pytest.approx(np.log(LEAST_PROBABILITY))


def test_a_place_that_was_left_out_tells() -> None:
    places = [candidate(), candidate()]
    assert place_features(places, [opinion(3), opinion(3)])[2] == 0.0
    assert place_features(places, [opinion(3), opinion(3, 0.4)])[2] == pytest.approx(0.4)


def test_digits_of_several_heights_tell() -> None:
    alike = [opinion(3), opinion(3)]
    assert place_features([candidate(), candidate()], alike)[3] == 0.0
    uneven = [candidate(height=10), candidate(height=30)]
    assert place_features(uneven, alike)[3] == pytest.approx(np.log(3))


@pytest.mark.parametrize(
    "lines",
    [{}, {0: [opinion(3)]}, {0: [opinion(3, 0.1)]}, {0: [opinion(3)], 1: [opinion(4)]}],
)
def test_confidence_stays_a_probability(lines: dict[int, list[Opinion]]) -> None:
    said = {0: "999", 1: "999"}
    found = texts_of(lines, said)
    features = confidence_features(found, found_in(lines), opinions_of(lines))
    assert features.shape == (CONFIDENCE_FEATURES,)
    assert np.isfinite(features).all()
    assert 0 <= confidence_of(lines, said, 0.0, 1.0) <= 1
