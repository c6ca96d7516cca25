import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.lines.columns import CLASSES as COLUMN_CLASSES
from mlmodel.lines.columns import COLUMN_PX, PRESENT, ColumnDigit
from mlmodel.lines.line_reader import LineReader
from mlmodel.lines.looking import look_at
from mlmodel.lines.strips import DIGIT_HEIGHT_PX, STRIP_HEIGHT_PX, cut_strips
from mlmodel.picture.boxes import Box
from mlmodel.picture.cutting import Outline
from mlmodel.picture.ink import Ink
from mlmodel.picture.locate import locate
from tests.mlmodel.inks import HEIGHT, WIDTH, ink_of, rectangles
from tests.mlmodel.networks import InkReader, UprightReader

ROW: list[Box] = [(40, 60, 30, 48), (110, 60, 30, 48), (180, 60, 30, 48)]
# A pixel of a strip of ROW is two of the picture.
TOLERANCE_PX = 3


def _looked_at(
    ink: Ink, reader: LineReader
) -> tuple[list[tuple[ColumnDigit, Outline]], NDArray[np.float64]]:
    """What a reader sees in the only line of an ink, from left to right."""
    pieces = locate(ink)
    (strip,) = cut_strips(ink, pieces)
    seen = look_at(ink, strip, pieces, reader)
    by_left = sorted(seen.digits, key=lambda place: float(place[1][:, 0].min()))
    return by_left, seen.columns


def _presences(ink: Ink, reader: LineReader) -> list[float]:
    return [digit.presence for digit, _ in _looked_at(ink, reader)[0]]


def _boxes(ink: Ink, reader: LineReader) -> NDArray[np.float64]:
    """(n, 4): x, y, width and height around each outline."""
    outlines = [outline for _, outline in _looked_at(ink, reader)[0]]
    return np.array([(*one.min(axis=0), *np.ptp(one, axis=0)) for one in outlines])


def test_a_digit_s_outline_encloses_its_ink() -> None:
    assert _boxes(rectangles(*ROW), InkReader()) == pytest.approx(np.array(ROW), abs=TOLERANCE_PX)


def test_every_column_of_a_strip_has_its_probabilities() -> None:
    ink = rectangles(*ROW)
    (strip,) = cut_strips(ink, locate(ink))
    columns = _looked_at(ink, InkReader())[1]
    assert columns.shape == (strip.pixels.shape[1] // COLUMN_PX, COLUMN_CLASSES)
    assert columns.sum(axis=1) == pytest.approx(1)


def test_a_piece_in_which_nothing_was_seen_is_a_faint_digit_in_its_place() -> None:
    ink = rectangles(*ROW)
    assert _boxes(ink, InkReader(1))[1] == pytest.approx(np.array(ROW[1]))
    first, faint, last = _presences(ink, InkReader(1))
    assert faint < 0.01 < PRESENT < min(first, last)


def test_pieces_of_a_line_in_which_nothing_was_seen_are_faint_digits() -> None:
    ink = rectangles(*ROW)
    assert _boxes(ink, InkReader(0, 1, 2)) == pytest.approx(np.array(ROW))
    assert max(_presences(ink, InkReader(0, 1, 2))) < 0.01


@pytest.mark.parametrize("mark", [(180, 60, 70, 48), (180, 72, 20, 24)], ids=["wide", "low"])
def test_a_piece_in_which_nothing_was_seen_and_that_has_no_digit_s_size_is_none(mark: Box) -> None:
    ink = rectangles(*ROW[:2], mark)
    assert len(locate(ink)) == 3
    assert len(_presences(ink, InkReader())) == 3
    assert len(_presences(ink, InkReader(2))) == 2


def test_digits_of_the_right_size_are_looked_at_once() -> None:
    reader = InkReader()
    _looked_at(rectangles(*ROW), reader)
    assert reader.heights == [[pytest.approx(DIGIT_HEIGHT_PX, abs=1)] * 3]


# The wide stroke of ink decides how high the line is taken to be.
@pytest.mark.parametrize(("stroke_px", "digit_px"), [(96, 48), (30, 42)])
def test_digits_of_another_size_than_the_line_are_looked_at_again(
    stroke_px: int, digit_px: int
) -> None:
    digits = [(x, 100 - digit_px // 2, 24, digit_px) for x in (20, 60, 100)]
    reader = InkReader()
    boxes = _boxes(rectangles(*digits, (150, 100 - stroke_px // 2, 200, stroke_px)), reader)
    first, second = (heights[:3] for heights in reader.heights)
    assert first == [pytest.approx(DIGIT_HEIGHT_PX * digit_px / stroke_px, abs=1.5)] * 3
    assert second == [pytest.approx(DIGIT_HEIGHT_PX, abs=2)] * 3
    assert boxes[:3] == pytest.approx(np.array(digits), abs=TOLERANCE_PX)


def test_digits_off_the_line_s_middle_are_looked_at_again() -> None:
    lower = [(x, 76, 30, 48) for x in (80, 140, 200)]
    upper = [(20, 60, 30, 48), (260, 60, 30, 48)]
    reader = InkReader(1, 2, 3)
    _looked_at(rectangles(*lower, *upper), reader)
    middle = (STRIP_HEIGHT_PX - 1) / 2
    first, second = (rows[0] for rows in reader.rows)
    assert first == pytest.approx(middle - 8, abs=1)
    assert second == pytest.approx(middle, abs=1)


def test_a_second_look_that_sees_nothing_leaves_the_first() -> None:
    digits = [(x, 76, 24, 48) for x in (20, 60, 100)]
    reader = InkReader(looks=1)
    found, _ = _looked_at(rectangles(*digits, (150, 52, 200, 96)), reader)
    assert len(reader.heights) == 2
    assert [digit.presence > PRESENT for digit, _ in found] == [True] * 4


@pytest.mark.parametrize(("reader", "stays"), [(UprightReader(), False), (InkReader(), True)])
def test_a_leaning_line_is_read_upright_only_if_its_text_is_likelier_then(
    reader: InkReader, stays: bool
) -> None:
    mask = np.zeros((HEIGHT, WIDTH), np.bool_)
    for row in range(60, 120):
        for x in (150, 180, 210):
            mask[row, x - row // 2 : x - row // 2 + 6] = True
    found, _ = _looked_at(ink_of(mask), reader)
    assert len(reader.heights) == 2
    assert len(found) == 3
    # Upright, a stroke is slim.
    slim = [digit.edges[2] - digit.edges[0] < 6 for digit, _ in found]
    assert all(slim) != stays
