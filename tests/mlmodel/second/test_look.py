import numpy as np
import pytest

from mlmodel.lines.strips import cut_strips
from mlmodel.picture.ink import Ink
from mlmodel.picture.locate import locate
from mlmodel.second.look import (
    HEIGHT_PX,
    LEAST_WIDTH_PX,
    WIDTH_STEP_PX,
    Look,
    in_steps,
    look_along,
    look_around,
    stretched,
)
from tests.mlmodel.inks import rectangles

ROW = [(60, 60, 20, 48), (110, 60, 20, 48), (180, 60, 20, 48)]


def look_of(ink: Ink) -> Look:
    (strip,) = cut_strips(ink, locate(ink))
    return look_along(ink, strip)


def test_a_look_has_one_height_and_a_width_in_steps() -> None:
    look = look_of(rectangles(*ROW))
    height, width = look.pixels.shape
    assert height == HEIGHT_PX
    assert width % WIDTH_STEP_PX == 0
    assert look.pixels.dtype == np.float32


def test_paper_is_light_and_ink_is_dark() -> None:
    pixels = look_of(rectangles(*ROW)).pixels
    assert pixels.max() == pytest.approx(1)
    assert pixels.min() == pytest.approx(-1)
    assert np.median(pixels) == pytest.approx(1)


def test_its_pixels_lie_where_the_map_says() -> None:
    look = look_of(rectangles(*ROW))
    dark = np.argwhere(look.pixels < -0.5)
    row, column = dark[dark[:, 1].argmin()]
    x, y = look.to_working @ (column, row, 1)
    assert x == pytest.approx(ROW[0][0], abs=2)
    assert ROW[0][1] - 2 < y < ROW[0][1] + ROW[0][3]


def test_a_look_goes_on_beyond_the_outermost_ink() -> None:
    look = look_of(rectangles(*ROW))
    left = (look.to_working @ (0, 0, 1))[0]
    right = (look.to_working @ (look.pixels.shape[1] - 1, 0, 1))[0]
    assert left < ROW[0][0] - 24
    assert right > ROW[-1][0] + ROW[-1][2] + 24


def test_beyond_the_picture_its_edge_goes_on() -> None:
    ink = rectangles((0, 0, 400, 200))
    look = look_around(ink, np.array([-500.0, 100.0]), np.eye(2), LEAST_WIDTH_PX)
    assert np.ptp(look.pixels) == 0


def test_faint_writing_is_not_made_as_dark_as_ink() -> None:
    faint = np.full((10, 100), 200, np.float32)
    faint[4:6, 20:80] = 190
    assert stretched(faint).min() == pytest.approx(0.5)


@pytest.mark.parametrize(("width", "steps"), [(1, 96), (97, 128), (128, 128), (9_999, 2_048)])
def test_widths_are_rounded_up_within_bounds(width: float, steps: int) -> None:
    assert in_steps(width) == steps
