import cv2
import numpy as np
import pytest

from mlmodel.picture.boxes import Box
from mlmodel.picture.ink import extract_ink
from mlmodel.picture.locate import locate
from tests.mlmodel.inks import HEIGHT, WIDTH, ink_of, rectangles
from tests.mlmodel.pictures import on_paper, written


def _located(*boxes: Box) -> list[Box]:
    return [piece.box for piece in locate(rectangles(*boxes))]


def test_no_ink_has_no_pieces() -> None:
    assert locate(rectangles()) == []


def test_a_row_is_found_from_left_to_right() -> None:
    row = [(x, 50, 30, 60) for x in (20, 80, 140)]
    assert _located(*reversed(row)) == row


def test_lines_are_found_from_top_to_bottom() -> None:
    upper, lower = [(150, 20, 30, 60), (200, 20, 30, 60)], [(20, 120, 30, 60), (80, 120, 30, 60)]
    pieces = locate(rectangles(*lower, *upper))
    assert [piece.box for piece in pieces] == upper + lower
    assert [piece.line for piece in pieces] == [0, 0, 1, 1]


def test_a_slanting_row_is_one_line() -> None:
    row = [(20 + 60 * i, 10 + 18 * i, 30, 60) for i in range(6)]
    assert {piece.line for piece in locate(rectangles(*row))} == {0}


def test_a_row_that_jumps_is_one_line() -> None:
    row = [(20 + 60 * i, y, 30, 60) for i, y in enumerate((60, 20, 70, 25, 65))]
    assert {piece.line for piece in locate(rectangles(*row))} == {0}


def test_a_low_small_digit_parts_no_line() -> None:
    row = [(20, 50, 30, 60), (70, 85, 18, 30), (110, 35, 30, 60), (160, 40, 30, 60)]
    assert {piece.line for piece in locate(rectangles(*row))} == {0}


def test_close_lines_stay_two() -> None:
    upper = [(20 + 80 * i, 20, 30, 60) for i in range(4)]
    lower = [(60 + 80 * i, 90, 30, 60) for i in range(4)]
    assert _located(*upper, *lower) == upper + lower


@pytest.mark.parametrize(
    "mark",
    [(70, 100, 8, 8), (65, 98, 8, 18), (60, 75, 30, 6), (300, 150, 3, 3)],
    ids=["point", "comma", "dash", "dust"],
)
def test_what_is_no_digit_is_left_out(mark: Box) -> None:
    row = [(20, 50, 30, 60), (110, 50, 30, 60)]
    assert _located(*row, mark) == row


@pytest.mark.parametrize("width", [60, 150])
def test_a_long_dash_decides_nothing(width: int) -> None:
    digit = (20, 50, 30, 60)
    assert _located(digit, (60, 70, width, 25)) == [digit]


def test_a_dash_alone_may_be_anything() -> None:
    assert len(_located((60, 70, 150, 25))) == 1


def test_small_digits_that_touch_are_no_dash() -> None:
    ink = rectangles((20, 20, 30, 60), (60, 50, 66, 28))
    for hole in range(63, 126, 21):  # three rounds with paper in them
        ink.mask[54:74, hole : hole + 17] = False
    assert [piece.box for piece in locate(ink)] == [(20, 20, 30, 60), (60, 50, 66, 28)]


def test_the_flag_of_a_five_belongs_to_it() -> None:
    body, flag = (20, 70, 30, 50), (28, 56, 30, 7)
    assert _located(body, flag, (110, 56, 30, 64)) == [(20, 56, 38, 64), (110, 56, 30, 64)]


def test_a_broken_stroke_is_one_digit() -> None:
    assert _located((20, 50, 8, 40), (20, 94, 8, 16), (110, 50, 30, 60))[0] == (20, 50, 8, 60)


def test_a_digit_keeps_clear_of_the_line_above() -> None:
    assert _located((20, 20, 30, 60), (20, 110, 30, 60)) == [(20, 20, 30, 60), (20, 110, 30, 60)]


def test_slanted_strokes_whose_boxes_overlap_are_two() -> None:
    lines = np.zeros((HEIGHT, WIDTH), np.uint8)
    for left in (50, 72):  # slanted strokes, so that their boxes overlap
        cv2.line(lines, (left + 30, 50), (left, 110), 1, 4)
    first, second = locate(ink_of(lines > 0))
    assert second.box[0] < first.box[0] + first.box[2]
    assert first.box[3] == second.box[3] == pytest.approx(61, abs=4)


def test_dust_alone_is_nothing() -> None:
    assert locate(rectangles((10, 10, 2, 2), (100, 100, 1, 5))) == []


def test_a_texture_is_no_writing() -> None:
    dots = [(x, y, 3, 3) for x in range(0, WIDTH, 8) for y in range(0, HEIGHT, 8)]
    assert locate(rectangles(*dots)) == []


def test_handwriting_gives_a_piece_for_each_digit() -> None:
    pieces = locate(extract_ink(on_paper(written("2013|46|789"))))
    assert [piece.line for piece in pieces] == [0, 0, 0, 0, 1, 1, 2, 2, 2]


def test_a_steeply_slanting_row_with_wide_gaps_is_one_line() -> None:
    row = [(20 + 80 * i, 100 - 24 * i, 14, 30) for i in range(4)]
    below = [(x, y + 62, w, h) for x, y, w, h in row]
    assert [piece.line for piece in locate(rectangles(*row, *below))] == [0] * 4 + [1] * 4


def test_a_corner_of_the_sheet_is_no_piece() -> None:
    row = [(40 + 40 * i, 60, 20, 30) for i in range(5)]
    corner = [(250, 0, 150, 3), (397, 0, 3, 120)]
    assert _located(*row, *corner) == row
