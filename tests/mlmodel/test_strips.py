import numpy as np
import pytest

from mlmodel.ink import extract_ink
from mlmodel.locate import locate
from mlmodel.strips import (
    DIGIT_HEIGHT_PX,
    STRIP_HEIGHT_PX,
    WIDTH_STEP_PX,
    Strip,
    box_in_working,
    cut_strips,
)
from tests.mlmodel.pictures import Picture, on_paper, photographed, turned, written

# The ink of an MNIST digit in `written` is a little lower than its 20-pixel box.
HEIGHT_TOLERANCE_PX = 4


def strips_of(picture: Picture) -> list[Strip]:
    ink = extract_ink(picture)
    return cut_strips(ink, locate(ink))


def ink_rows(strip: Strip) -> np.ndarray:
    return np.flatnonzero((strip.pixels > 0.5).any(axis=1))


@pytest.mark.parametrize("digit_px", [14, 30, 60, 200])
def test_digits_of_any_size_come_to_one_height(digit_px: int) -> None:
    (strip,) = strips_of(on_paper(written("380", digit_px)))
    rows = ink_rows(strip)
    assert rows[-1] - rows[0] + 1 == pytest.approx(DIGIT_HEIGHT_PX, abs=HEIGHT_TOLERANCE_PX)
    assert (rows[-1] + rows[0]) / 2 == pytest.approx((STRIP_HEIGHT_PX - 1) / 2, abs=3)


def test_a_strip_has_the_promised_shape_type_and_range() -> None:
    for strip in strips_of(photographed(on_paper(written("12345|678")))):
        assert strip.pixels.dtype == np.float32
        assert strip.pixels.shape[0] == STRIP_HEIGHT_PX
        assert strip.pixels.shape[1] % WIDTH_STEP_PX == 0
        assert strip.pixels.min() >= 0
        assert strip.pixels.max() <= 1


def test_every_line_has_its_strip_from_top_to_bottom() -> None:
    strips = strips_of(on_paper(written("12|345|6")))
    assert [strip.line for strip in strips] == [0, 1, 2]
    heights = [strip.to_working[1, 2] for strip in strips]
    assert heights == sorted(heights)


def test_no_ink_gives_no_strip() -> None:
    assert strips_of(np.full((100, 300), 255, np.uint8)) == []


def test_white_on_black_gives_the_same_strip() -> None:
    picture = on_paper(written("406"))
    (dark,), (light,) = strips_of(picture), strips_of(255 - picture)
    assert np.abs(dark.pixels - light.pixels).mean() < 0.01


@pytest.mark.parametrize("degrees", [-8, 5])
def test_a_sloping_line_is_straightened(degrees: float) -> None:
    (strip,) = strips_of(turned(on_paper(written("000000")), degrees))
    left, right = np.array_split(strip.pixels, 2, axis=1)
    middles = [np.flatnonzero((half > 0.5).any(axis=1)).mean() for half in (left, right)]
    assert abs(middles[0] - middles[1]) < 2


def test_thin_strokes_stay_dark() -> None:
    picture = np.full((900, 700), 255, np.uint8)
    picture[150:750, 348:351] = 0  # a 1 drawn 600 pixels high with a pen of 3
    (strip,) = strips_of(picture)
    assert strip.pixels.max() > 0.8


def test_a_box_of_the_strip_is_found_again_in_the_picture() -> None:
    ink = extract_ink(turned(on_paper(written("58")), 4))
    pieces = locate(ink)
    (strip,) = cut_strips(ink, pieces)
    inverse = np.linalg.inv(np.vstack([strip.to_working, (0, 0, 1)]))
    for piece in pieces:
        x, y, width, height = piece.box
        middle = (inverse @ (x + width / 2, y + height / 2, 1))[:2]
        left, top, box_width, box_height = box_in_working(strip, *(middle - 1), *(middle + 1))
        assert left <= x + width / 2 <= left + box_width
        assert top <= y + height / 2 <= top + box_height


def test_nothing_is_read_beside_the_picture() -> None:
    """A line along the picture's edge is filled up with paper."""
    ink = written("77")
    rows = np.flatnonzero(ink.max(axis=1) > 0.1)
    (strip,) = strips_of(on_paper(ink[rows[0] : rows[-1] + 1]))
    assert strip.pixels[:4].max() < 0.3
