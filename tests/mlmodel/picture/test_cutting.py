import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.picture.boxes import Box
from mlmodel.picture.cutting import Cut, cut_digits, outline_of
from mlmodel.picture.ink import Ink
from mlmodel.picture.locate import Components
from tests.mlmodel.inks import HEIGHT, WIDTH, ink_of, rectangles

DIGIT: Box = (100, 60, 30, 60)


def _frame(x: int, y: int, width: int, height: int) -> tuple[Box, ...]:
    """The sides of a box that is drawn with a pen of 4 pixels."""
    right, bottom = x + width - 4, y + height - 4
    return (x, y, width, 4), (x, bottom, width, 4), (x, y, 4, height), (right, y, 4, height)


def _cuts(ink: Ink, *asked: Box) -> list[Cut]:
    return cut_digits(ink, Components.of(ink), [outline_of(box) for box in asked])


def _boxes(ink: Ink, *asked: Box) -> list[Box]:
    return [cut.box for cut in _cuts(ink, *asked)]


def _cropped(strength: NDArray[np.float32]) -> NDArray[np.float32]:
    rows, columns = (np.flatnonzero(strength.any(axis=axis)) for axis in (1, 0))
    return strength[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def test_no_boxes_have_no_cuts() -> None:
    assert _cuts(rectangles(DIGIT)) == []


def test_the_box_is_around_the_ink() -> None:
    assert _boxes(rectangles(DIGIT), (90, 50, 60, 80)) == [DIGIT]


def test_cuts_come_in_the_order_of_the_boxes() -> None:
    row = [(x, 60, 30, 60) for x in (140, 20, 80)]
    assert _boxes(rectangles(*row), *row) == row


def test_the_ink_is_the_digit_s_alone() -> None:
    ink = rectangles(DIGIT, (132, 60, 30, 60))
    (cut,) = _cuts(ink, (95, 55, 40, 70))
    assert cut.box == DIGIT
    assert cut.strength.dtype == np.float32
    assert cut.strength.sum() == DIGIT[2] * DIGIT[3]


def test_a_neighbour_that_reaches_in_is_left_out() -> None:
    slanted = (105, 110, 120, 6), (220, 20, 6, 96)  # an L whose foot reaches below the digit
    assert _boxes(rectangles((100, 40, 30, 60), *slanted), (98, 38, 32, 80)) == [(100, 40, 30, 60)]


def test_the_soft_edge_of_a_stroke_belongs_to_it() -> None:
    hard = rectangles(DIGIT)
    soft = np.full((HEIGHT, WIDTH), 0.25, np.float32)
    soft[hard.mask] = 1
    (cut,) = _cuts(Ink(soft, hard.mask, soft, 1.0, hard.grey), DIGIT)
    assert cut.box == DIGIT
    assert _cropped(cut.strength).shape == (62, 32)
    assert _cropped(cut.strength)[0] == pytest.approx(0.25)


@pytest.mark.parametrize("asked", [(100, 60, 30, 45), (112, 60, 30, 60), (100, 80, 22, 50)])
def test_a_digit_that_sticks_out_of_its_box_is_whole(asked: Box) -> None:
    (cut,) = _cuts(rectangles(DIGIT), asked)
    assert cut.box == DIGIT
    assert cut.strength.sum() == DIGIT[2] * DIGIT[3]


def test_all_parts_of_a_broken_digit_are_kept() -> None:
    body, flag = (100, 80, 30, 40), (105, 66, 35, 6)
    assert _boxes(rectangles(body, flag), (98, 64, 34, 58)) == [(100, 66, 40, 54)]


def test_a_frame_around_the_digit_is_left_out() -> None:
    frame = _frame(90, 40, 220, 100)
    assert _boxes(rectangles(DIGIT, *frame), (88, 58, 44, 64)) == [DIGIT]


@pytest.mark.parametrize("asked", [(78, 55, 60, 70), (20, 20, 100, 30)])
def test_a_frame_is_never_kept_whole(asked: Box) -> None:
    (cut,) = _cuts(rectangles(*_frame(20, 20, 300, 150)), asked)
    x, y, width, height = asked
    assert cut.box[0] >= x
    assert cut.box[1] >= y
    assert cut.box[0] + cut.box[2] <= x + width
    assert cut.box[1] + cut.box[3] <= y + height


@pytest.mark.parametrize("over", [0, 4], ids=["tight boxes", "loose boxes"])
def test_touching_digits_are_cut_at_their_boxes(over: int) -> None:
    left, right = (100, 60, 30, 60), (130, 80, 30, 60)
    asked = [(100, 60, 30 + over, 60), (130 - over, 80, 30 + over, 60)]
    assert _boxes(rectangles(left, right), *asked) == asked


def test_touching_digits_that_lean_are_cut_where_they_lean() -> None:
    mask = np.zeros((HEIGHT, WIDTH), np.bool_)
    for row in range(60, 120):  # two strokes side by side, half as steep as upright ones
        start = 160 - row // 2
        mask[row, start : start + 40] = True
    ink = ink_of(mask)
    halves = [
        np.array([(x + 30, 60), (x + 50, 60), (x + 20, 120), (x, 120)], np.float64)
        for x in (100, 120)
    ]
    for cut in cut_digits(ink, Components.of(ink), halves):
        # With a soft edge of one pixel to each side.
        assert cut.strength.sum() == pytest.approx(60 * (20 + 2), rel=0.05)
        assert cut.box[2] == pytest.approx(50, abs=2)


def test_most_of_a_long_stroke_outside_leaves_the_part_inside() -> None:
    stroke, asked = (60, 80, 260, 8), (100, 60, 30, 60)
    assert _boxes(rectangles(stroke), asked) == [(100, 80, 30, 8)]


def test_a_tail_is_cut_off_where_it_leaves_the_digit_behind() -> None:
    ink = rectangles(DIGIT, (130, 114, 120, 3))
    ((x, y, width, height),) = _boxes(ink, DIGIT)
    assert (x, y, height) == (100, 60, 60)
    assert DIGIT[2] < width < 2 * DIGIT[2]


def test_an_empty_box_gives_the_box_asked_for() -> None:
    asked = (200, 60, 30, 60)
    (cut,) = _cuts(rectangles(DIGIT), asked)
    assert cut.box == asked
    assert min(cut.strength.shape) >= 1
    assert not cut.strength.any()


@pytest.mark.parametrize(
    "asked",
    [(-40, 10, 30, 60), (5, -40, 30, 30), (WIDTH + 10, 140, 30, 60), (370, HEIGHT + 10, 30, 60)],
    ids=["left", "above", "right", "below"],
)
def test_a_box_outside_the_picture_is_empty(asked: Box) -> None:
    (cut,) = _cuts(rectangles((4, 5, 30, 60), (366, 135, 30, 60)), asked)
    assert cut.box == asked
    assert min(cut.strength.shape) >= 1
    assert not cut.strength.any()


@pytest.mark.parametrize("digit", [(0, 60, 30, 60), (370, 60, 30, 60), (100, 0, 30, 60)])
def test_a_box_may_reach_over_the_picture_s_edge(digit: Box) -> None:
    x, y, width, height = digit
    assert _boxes(rectangles(digit), (x - 10, y - 10, width + 20, height + 20)) == [digit]
