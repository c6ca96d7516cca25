import numpy as np
import pytest

from mlmodel.digits.classifier import CLASSES, OTHER
from mlmodel.lines.columns import ColumnDigit
from mlmodel.texts.candidates import Candidate
from mlmodel.texts.fusion import fuse, presence_features, value_shares
from tests.mlmodel.cards import make_reading_card

ONLY_LINE = make_reading_card(digits_weight=0.0, presence=[0.0, 1.0, *[0.0] * 6])


def candidate(
    value: int = 4,
    presence: float = 0.9,
    other: float = 0.1,
    in_frame: int | None = None,
    box: tuple[int, int, int, int] = (10, 10, 20, 30),
    line: int = 0,
    at_edge: bool = False,
) -> Candidate:
    """A place in which the line network sees one value and the second one perhaps another."""
    by_line = np.full(10, 0.01, np.float32)
    by_line[value] = 0.91
    classes = np.full(CLASSES, 0.01 * (1 - other), np.float32)
    classes[value if in_frame is None else in_frame] = 0.91 * (1 - other)
    classes[OTHER] = other
    frame = np.zeros((28, 28), np.float32)
    return Candidate(
        box, line, ColumnDigit(presence, by_line, (0, 0, 1, 1)), frame, classes, at_edge
    )


def test_no_candidates_have_no_opinions() -> None:
    assert fuse([], ONLY_LINE) == []


def test_one_network_alone_is_believed_as_it_is() -> None:
    (opinion,) = fuse([candidate(presence=0.8)], ONLY_LINE)
    assert opinion.presence == pytest.approx(0.8)
    assert opinion.values.argmax() == 4
    assert opinion.values.sum() == pytest.approx(1)
    assert opinion.values[4] == pytest.approx(0.91, abs=1e-3)


def test_the_weight_decides_between_two_values() -> None:
    torn = candidate(value=4, in_frame=9)
    read = [int(value_shares([torn], weight, 1.0)[0].argmax()) for weight in (0.5, 1.5)]
    assert read == [4, 9]


def test_a_temperature_makes_less_sure() -> None:
    cool, warm = (value_shares([candidate()], 1.0, t)[0].max() for t in (1.0, 2.0))
    assert warm < cool


def test_the_second_network_can_refuse() -> None:
    reading = make_reading_card(presence=[0.0, 1.0, 1.0, *[0.0] * 5])
    (opinion,) = fuse([candidate(presence=0.9, other=0.99)], reading)
    assert opinion.presence < 0.5


def test_confidence_stays_finite() -> None:
    (opinion,) = fuse([candidate(presence=1.0, other=1.0)], make_reading_card())
    assert 0 <= opinion.presence <= 1
    assert np.isfinite(opinion.values).all()


def test_a_place_that_a_surer_digit_covers_is_told() -> None:
    pair = [candidate(presence=0.9), candidate(presence=0.6, box=(12, 10, 20, 30))]
    covered = presence_features(pair, value_shares(pair, 0.5, 1.0))[:, 4:6]
    assert (covered[0] == 0).all()
    assert covered[1] == pytest.approx([0.9 - 0.4, 0.9 - 0.2])


def test_another_value_repeats_nothing() -> None:
    pair = [candidate(4, presence=0.9), candidate(7, presence=0.6, box=(12, 10, 20, 30))]
    assert presence_features(pair, value_shares(pair, 0.5, 1.0))[1, 5] == 0


def test_digits_of_other_lines_and_neighbours_cover_nothing() -> None:
    places = [
        candidate(presence=0.9),
        candidate(presence=0.6, line=1),
        candidate(presence=0.6, box=(32, 10, 20, 30)),
    ]
    assert (presence_features(places, value_shares(places, 0.5, 1.0))[:, 4:6] == 0).all()


def test_only_a_slim_place_at_the_edge_may_be_a_grid_s_line() -> None:
    places = [
        candidate(box=(0, 10, 6, 30), at_edge=True),
        candidate(box=(40, 10, 6, 30)),
        candidate(box=(80, 10, 20, 30), at_edge=True),
    ]
    features = presence_features(places, value_shares(places, 0.5, 1.0))
    assert features[:, 6].tolist() == [1, 0, 0]
    assert features[0, 7] == features[0, 2]
