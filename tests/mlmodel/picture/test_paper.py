import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.picture.ink import extract_ink
from mlmodel.picture.paper import only_sheet
from mlmodel.reader import read
from tests.mlmodel.pictures import in_uneven_light, on_paper, written

HEIGHT, WIDTH = 600, 800
CORNERS = np.array([(150, 90), (690, 140), (640, 520), (110, 470)], np.float32)


def on_table(sheet: NDArray[np.uint8], table: float = 60) -> NDArray[np.uint8]:
    """The sheet lying askew on a dark table with some grain."""
    height, width = sheet.shape
    own = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(own, CORNERS)
    laid = cv2.warpPerspective(sheet, matrix, (WIDTH, HEIGHT), borderValue=-1)
    lies = cv2.warpPerspective(np.ones_like(sheet), matrix, (WIDTH, HEIGHT))
    grain = np.random.default_rng(5).normal(table, 6, laid.shape)
    return np.clip(np.where(lies > 0, laid, grain), 0, 255).astype(np.uint8)


def sheet_with(text: str) -> NDArray[np.uint8]:
    sheet = np.full((420, 560), 235, np.uint8)
    ink = on_paper(written(text, 60), paper=235, pen=60)
    sheet[60 : 60 + ink.shape[0], 60 : 60 + ink.shape[1]] = ink
    return sheet


def test_the_table_is_taken_away() -> None:
    even = only_sheet(on_table(sheet_with("4071")).astype(np.float32))
    assert even[:60].min() > 200
    assert even[:, :80].min() > 200
    assert even.min() < 120


def test_a_sheet_on_a_dark_table_is_read() -> None:
    assert read(on_table(sheet_with("4071|295"))).text == "4071|295"


def test_a_shadow_on_the_sheet_is_no_ink() -> None:
    sheet = sheet_with("58")
    sheet[260:, :] = np.round(sheet[260:, :] * 0.7)
    mask = extract_ink(on_table(sheet)).mask
    assert mask[:, 500:].mean() < 0.01
    assert read(on_table(sheet)).text == "58"


def test_an_empty_sheet_has_no_ink() -> None:
    assert not extract_ink(on_table(np.full((420, 560), 235, np.uint8))).mask.any()


@pytest.mark.parametrize(
    "picture",
    [
        sheet_with("4071"),
        in_uneven_light(sheet_with("4071")),
        255 - on_paper(written("0", 400)),
        255 - on_paper(written("8", 400)),
        255 - on_paper(written("1", 400)),
        on_table(sheet_with("4071"), table=215),
        np.full((300, 400), 255, np.uint8),
    ],
    ids=["all sheet", "lamp", "white 0", "white 8", "white 1", "light table", "blank"],
)
def test_what_is_no_sheet_on_a_table_stays_as_it_is(picture: NDArray[np.uint8]) -> None:
    grey = picture.astype(np.float32)
    assert only_sheet(grey) is grey


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (239, 300), (400, 900)])
def test_small_and_long_pictures_show_no_table(shape: tuple[int, int]) -> None:
    grey = np.zeros(shape, np.float32)
    grey[: shape[0] // 2, : shape[1] // 2] = 255
    assert only_sheet(grey) is grey
