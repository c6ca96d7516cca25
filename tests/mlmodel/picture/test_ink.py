import numpy as np
import pytest

from mlmodel.picture.ink import WORKING_SIDE_PX, extract_ink
from tests.mlmodel.pictures import (
    Picture,
    blank_pictures,
    in_uneven_light,
    on_paper,
    photographed,
    written,
)

INK = written("45")


def _agreement(picture: Picture) -> float:
    """How much of what is written or found is both; soft edges belong to the ink."""
    expected, found = INK > 0.3, extract_ink(picture).mask
    return float((expected & found).sum() / (expected | found).sum())


def test_it_finds_the_ink_of_a_scan() -> None:
    assert _agreement(on_paper(INK)) > 0.8


def test_it_finds_the_same_ink_in_the_negative() -> None:
    scan = on_paper(INK)
    assert (extract_ink(255 - scan).mask == extract_ink(scan).mask).mean() > 0.999


@pytest.mark.parametrize(("paper", "pen"), [(200, 165), (255, 245), (90, 40), (20, 60)])
def test_pale_and_dark_papers_give_the_same_ink(paper: int, pen: int) -> None:
    assert _agreement(on_paper(INK, paper=paper, pen=pen)) > 0.8


def test_uneven_light_changes_little() -> None:
    assert _agreement(in_uneven_light(on_paper(INK))) > 0.8


def test_a_phone_s_picture_gives_the_same_ink() -> None:
    assert _agreement(photographed(on_paper(INK))) > 0.8


@pytest.mark.parametrize("name", ["white", "black", "grey", "gradient"])
def test_a_smooth_picture_has_no_ink(name: str) -> None:
    assert not extract_ink(blank_pictures()[name]).mask.any()


@pytest.mark.parametrize("name", ["paper", "photo of paper", "noise"])
def test_grain_is_hardly_ever_ink(name: str) -> None:
    assert extract_ink(blank_pictures()[name]).mask.mean() < 0.001


def test_the_corners_of_a_lamplit_sheet_are_no_ink() -> None:
    sheet = np.full((600, 800), 255, np.uint8)
    assert extract_ink(photographed(sheet)).mask.mean() < 0.001


def test_the_mask_has_a_picture_s_shape_and_strength_its_range() -> None:
    ink = extract_ink(on_paper(INK))
    assert ink.scale == 1
    assert ink.mask.shape == ink.strength.shape == INK.shape
    assert ink.strength.dtype == np.float32
    assert ink.strength.min() == 0
    assert ink.strength.max() == 1


def test_strength_is_full_in_the_stroke_and_none_on_paper() -> None:
    strength = extract_ink(on_paper(INK)).strength
    assert strength[INK > 0.99].mean() > 0.95
    assert strength[INK == 0].mean() < 0.01


def test_a_large_picture_is_worked_on_smaller() -> None:
    ink = extract_ink(np.full((1000, 2 * WORKING_SIDE_PX), 200, np.uint8))
    assert ink.scale == 0.5
    assert ink.mask.shape == (500, WORKING_SIDE_PX)


def test_a_long_thin_picture_keeps_a_row() -> None:
    assert extract_ink(np.full((1, 10_000), 200, np.uint8)).mask.shape == (1, WORKING_SIDE_PX)


def test_a_pale_end_of_a_stroke_belongs_to_it() -> None:
    picture = np.full((100, 200), 240, np.uint8)
    picture[45:50, 50:100] = 60
    picture[45:50, 100:150] = 160
    assert extract_ink(picture).mask[47, 55:145].all()


@pytest.mark.parametrize("shape", [(1601, 3203), (4001, 3001), (1999, 6403)])
def test_odd_sides_keep_ink_in_its_place(shape: tuple[int, int]) -> None:
    picture = np.full(shape, 230, np.uint8)
    picture[-120:-80, -160:-60] = 30
    ink = extract_ink(picture)
    rows, columns = (np.flatnonzero(ink.mask.any(axis=axis)) / ink.scale for axis in (1, 0))
    assert ink.mask.shape == tuple(round(side * ink.scale) for side in shape)
    assert rows.mean() == pytest.approx(shape[0] - 100, abs=1.5 / ink.scale)
    assert columns.mean() == pytest.approx(shape[1] - 110, abs=1.5 / ink.scale)


def test_a_side_shorter_than_its_reduction_is_kept() -> None:
    assert extract_ink(np.full((2, 7001), 230, np.uint8)).mask.shape == (1, WORKING_SIDE_PX)
