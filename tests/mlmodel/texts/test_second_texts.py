from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.digits.classifier import OTHER
from mlmodel.picture.boxes import Box
from mlmodel.picture.locate import Components, locate
from mlmodel.second.alphabet import CLASSES, NONE
from mlmodel.second.look import Look
from mlmodel.second.second_reader import COLUMN_PX, SecondLine, SecondReader
from mlmodel.texts.candidates import Found, find_candidates
from mlmodel.texts.fusion import Opinion
from mlmodel.texts.line_texts import line_texts
from mlmodel.texts.second_texts import _aligned, with_second
from tests.mlmodel.inks import rectangles
from tests.mlmodel.networks import InkReader, RowSums

ROW: list[Box] = [(40, 60, 30, 48), (110, 60, 30, 48), (180, 60, 30, 48)]
HEIGHT = 20.0


class Says(SecondReader):
    """Reads the digits that it is given at these places of the working picture."""

    def __init__(self, text: str, *xs: float) -> None:
        """Need no artifact."""
        self.text, self.xs = text, xs

    def read(self, look: Look, digit_height: float) -> SecondLine:
        count = look.pixels.shape[1] // COLUMN_PX
        shares = np.full((count, CLASSES), 1e-4)
        shares[:, NONE] = 0.99
        for digit, x in zip(self.text, self.xs, strict=True):
            column = round((x - look.to_working[0, 2]) / look.to_working[0, 0] / COLUMN_PX)
            shares[column, int(digit)], shares[column, NONE] = 0.99, 1e-4
        return SecondLine(look.to_working, digit_height, shares / shares.sum(axis=1, keepdims=True))


def found_by(first: InkReader, second: SecondReader) -> Found:
    ink = rectangles(*ROW)
    components = Components.of(ink)
    found = find_candidates(ink, components, locate(ink, components), first, RowSums())
    return with_second(found, ink, components, second, RowSums())


def texts_by(found: Found, factors: Sequence[float]) -> list[str]:
    """The texts of a line in which the first reader sees a 3 in every place."""
    values = np.full(10, 0.01)
    values[3] = 0.91
    opinions = [Opinion(one.seen.presence, values) for one in found.candidates]
    (line,) = line_texts(found, opinions, factors)
    return [hypothesis.text for hypothesis in line.hypotheses]


def middles(*xs: float) -> NDArray[np.float64]:
    return np.array([(x, 10.0) for x in xs]).reshape(-1, 2)


@pytest.mark.parametrize(
    ("digits", "places", "expected"),
    [
        ((10, 30), (11, 29), [0, 1]),
        ((10, 30), (11,), [0, None]),
        ((10, 30), (29,), [None, 0]),
        ((10,), (1, 11, 29), [1]),
        ((10,), (40,), [None]),
        ((), (40,), []),
        ((40,), (), [None]),
    ],
)
def test_digits_are_given_the_nearest_places_in_their_order(
    digits: tuple[float, ...], places: tuple[float, ...], expected: list[int | None]
) -> None:
    assert _aligned(middles(*digits), middles(*places), HEIGHT) == expected


def test_two_digits_never_share_a_place() -> None:
    assert _aligned(middles(10, 12), middles(11), HEIGHT).count(0) == 1


def test_a_text_of_the_second_reader_alone_is_among_those_of_the_line() -> None:
    found = found_by(InkReader(), Says("345", 55, 125, 195))
    assert "345" in texts_by(found, [1.0, 0.0, 0.0, 0.0])
    assert texts_by(found, [0.0, 0.0, 1.0, 0.0])[0] == "345"


def test_where_only_the_second_reader_sees_a_digit_there_is_a_place() -> None:
    found = found_by(InkReader(1), Says("353", 55, 125, 195))
    boxes = [candidate.box for candidate in found.candidates]
    assert ROW[1] in boxes
    assert texts_by(found, [0.0, 0.0, 1.0, 0.0])[0] == "353"


def test_a_digit_on_bare_paper_is_not_read() -> None:
    found = found_by(InkReader(), Says("3353", 55, 90, 125, 195))
    assert "3353" not in texts_by(found, [0.0, 0.0, 1.0, 0.0])


def test_a_digit_too_faint_for_ink_has_a_place_all_the_same() -> None:
    ink = rectangles(*ROW)
    ink.grey[60:108, 250:280] = 240
    components = Components.of(ink)
    found = find_candidates(ink, components, locate(ink, components), InkReader(), RowSums())
    both = with_second(found, ink, components, Says("3335", 55, 125, 195, 265), RowSums())
    assert texts_by(both, [0.0, 0.0, 1.0, 0.0])[0] == "3335"
    x, _, width, _ = both.candidates[-1].box
    assert x < 265 < x + width


def test_places_stay_in_reading_order() -> None:
    found = found_by(InkReader(0), Says("533", 55, 125, 195))
    assert [one.box[0] for one in found.candidates] == sorted(one[0] for one in ROW)


def test_a_place_of_the_second_reader_is_classified_too() -> None:
    found = found_by(InkReader(1), Says("353", 55, 125, 195))
    assert all(one.classes.shape == (OTHER + 1,) for one in found.candidates)
