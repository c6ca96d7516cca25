import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.picture.paper import only_sheet
from mlmodel.picture.shadows import evenly_lit, without_shadows
from mlmodel.reader import read
from mlmodel.reading import State
from tests.mlmodel.picture.test_paper import on_table, sheet_with
from tests.mlmodel.pictures import in_uneven_light, on_paper, written

Grey = NDArray[np.float32]
LIT = {"left": (1, 0), "right": (-1, 0), "above": (0, 1), "below": (0, -1), "corner": (0.7, 0.7)}


def sheet(text: str, height: int = 60) -> Grey:
    page = np.full((480, 640), 235, np.float32)
    ink = on_paper(written(text, height), paper=235, pen=50)
    top, left = (page.shape[0] - ink.shape[0]) // 2, (page.shape[1] - ink.shape[1]) // 2
    page[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return page


def in_half_a_shadow(page: Grey, lit: str, shade: float, soft_px: float, at: float = 0.0) -> Grey:
    """The page with a shadow on one half, whose edge is so soft, and lies so far from the middle.

    Args:
        at: in widths of the page, to the lit side if negative.
    """
    y, x = np.mgrid[: page.shape[0], : page.shape[1]]
    right, down = LIT[lit]
    along = (x - page.shape[1] / 2) * right + (y - page.shape[0] / 2) * down - at * page.shape[1]
    dark = 1 / (1 + np.exp(np.clip(-along / soft_px, -50, 50)))
    grain = np.random.default_rng(3).normal(0, 1, page.shape)
    return np.asarray(np.clip(page * (1 - (1 - shade) * dark) + grain, 0, 255), np.float32)


@pytest.mark.parametrize("soft_px", [1, 6, 20])
@pytest.mark.parametrize("shade", [0.72, 0.5, 0.35])
@pytest.mark.parametrize("lit", LIT)
def test_a_number_half_in_shadow_is_read_whole(lit: str, shade: float, soft_px: float) -> None:
    picture = in_half_a_shadow(sheet("4071"), lit, shade, soft_px, at=0.02)
    reading = read(picture.astype(np.uint8))
    # Where the shadow's edge runs along the line, through all of its digits, they may be doubted.
    is_doubted = lit in {"above", "below"} and reading.state is State.DOUBTFUL
    assert reading.text == "4071" or is_doubted


@pytest.mark.parametrize("lit", ["above", "left"])
def test_a_digit_wholly_in_the_shadow_is_read(lit: str) -> None:
    picture = in_half_a_shadow(sheet("3", 120), lit, 0.6, 5, at=-0.25)
    assert read(picture.astype(np.uint8)).text == "3"


def test_the_shadow_is_taken_away() -> None:
    even = evenly_lit(in_half_a_shadow(sheet("4071"), "left", 0.5, 3))
    assert np.ptp(np.median(even, axis=0)) < 12  # bare paper, column by column


@pytest.mark.parametrize(
    "picture",
    [
        sheet("4071"),
        in_uneven_light(sheet("4071").astype(np.uint8)).astype(np.float32),
        np.full((300, 400), 200, np.float32),
        (255 - on_paper(written("8", 400))).astype(np.float32),
        on_table(np.full((420, 560), 235, np.uint8)).astype(np.float32),
        in_half_a_shadow(sheet("4071"), "left", 0.5, 3)[:200],
    ],
    ids=["evenly lit", "lamp", "blank", "white 8", "blank sheet on a table", "strip"],
)
def test_what_has_no_shadow_stays_as_it_is(picture: Grey) -> None:
    assert without_shadows(picture) is picture


def test_a_table_without_writing_is_still_taken_away() -> None:
    picture = on_table(sheet_with("4071")).astype(np.float32)
    assert only_sheet(picture) is not picture
    assert without_shadows(only_sheet(picture)).min() < 120
