import cv2
import numpy as np
import pytest

from mlmodel.lines.strips import (
    DIGIT_HEIGHT_PX,
    STRIP_HEIGHT_PX,
    WIDTH_STEP_PX,
    Strip,
    cut_strips,
    cut_upright,
    outline_in_working,
)
from mlmodel.picture.ink import extract_ink
from mlmodel.picture.locate import locate
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
    strips = strips_of(photographed(on_paper(written("12345|678"))))
    assert len(strips) == 2
    for strip in strips:
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


def leaning(picture: Picture, slant: float) -> Picture:
    """The picture with its rows shifted, so that what was upright leans to the right."""
    height, width = picture.shape
    wider = round(abs(slant) * height)
    to_leaning = np.array([[1, -slant, wider if slant > 0 else 0], [0, 1, 0]], np.float64)
    return np.asarray(
        cv2.warpAffine(picture, to_leaning, (width + wider, height), borderValue=int(picture[0, 0]))
    )


def strokes_at(*columns: int) -> Picture:
    """Upright strokes of a pen 6 pixels wide."""
    picture = np.full((100, columns[-1] + 60), 255, np.uint8)
    for x in columns:
        picture[20:80, x : x + 6] = 0
    return picture


@pytest.mark.parametrize("slant", [-0.4, 0.3, 0.8])
def test_leaning_writing_is_made_upright(slant: float) -> None:
    ink = extract_ink(leaning(strokes_at(60, 120, 180, 240, 300), slant))
    (strip,) = cut_strips(ink, locate(ink))
    upright = cut_upright(ink, strip)
    assert upright
    assert upright.slant == pytest.approx(slant)
    # Five strokes of two to three pixels each.
    assert (upright.pixels > 0.5).any(axis=0).sum() <= 5 * 4
    assert (strip.pixels > 0.5).any(axis=0).sum() > 5 * 6


@pytest.mark.parametrize("picture", [strokes_at(60, 120), on_paper(written("0"))])
def test_what_hardly_leans_stays_as_it_is(picture: Picture) -> None:
    ink = extract_ink(picture)
    (strip,) = cut_strips(ink, locate(ink))
    assert strip.slant == 0
    assert cut_upright(ink, strip) is None


def test_a_strip_without_ink_has_no_slant() -> None:
    """Two marks so far apart that a strip of the most width lies between them."""
    picture = np.full((60, 1600), 255, np.uint8)
    picture[24:36, 2:6] = picture[24:36, -6:-2] = 0
    ink = extract_ink(picture)
    (strip,) = cut_strips(ink, locate(ink))
    assert strip.pixels.max() < 0.4
    assert cut_upright(ink, strip) is None


@pytest.mark.parametrize("slant", [0, 0.6])
def test_a_box_of_the_strip_is_found_again_in_the_picture(slant: float) -> None:
    ink = extract_ink(turned(leaning(strokes_at(50, 90, 130), slant), 4))
    (strip,) = cut_strips(ink, locate(ink))
    strip = cut_upright(ink, strip) or strip
    assert strip.slant == pytest.approx(slant, abs=0.11)
    columns = np.flatnonzero((strip.pixels > 0.5).any(axis=0))
    rows = ink_rows(strip)
    for stroke in np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1):
        box = stroke[0] - 0.5, rows[0] - 0.5, stroke[-1] + 0.5, rows[-1] + 0.5
        corners = outline_in_working(strip, *box)
        assert corners.shape == (4, 2)
        # At its top and at its foot lies the middle of the stroke.
        for one, other in (corners[:2], corners[2:]):
            end = (one + other) / 2 + 0.1 * (corners.mean(axis=0) - (one + other) / 2)
            x, y = np.round(end).astype(int)
            assert ink.mask[y, x]


def test_what_lies_outside_the_picture_is_pale_grey() -> None:
    """A line that reaches the picture's edge runs into it; a 1 ends before."""
    ink = written("77")
    rows = np.flatnonzero(ink.max(axis=1) > 0.1)
    (strip,) = strips_of(on_paper(ink[rows[0] : rows[-1] + 1]))
    assert (strip.pixels[:4] == 0.25).all()
    assert (strip.pixels == 0).any()


def test_far_from_the_picture_s_edges_nothing_is_outside() -> None:
    (strip,) = strips_of(np.pad(on_paper(written("77")), 100, mode="edge"))
    assert not (strip.pixels == 0.25).any()
