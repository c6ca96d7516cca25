import numpy as np
import pytest

from recognizer.batches.sources.page_png import page_png
from tests.makers import decoded

COLORS = np.random.default_rng(1).integers(0, 256, (300, 20, 3), np.uint8)


def test_colours_are_kept() -> None:
    assert np.array_equal(np.asarray(decoded(page_png(COLORS))), COLORS)


def test_greys_are_kept() -> None:
    assert np.array_equal(np.asarray(decoded(page_png(COLORS[..., 0]))), COLORS[..., 0])


def test_a_page_without_colour_is_kept_as_grey() -> None:
    page = decoded(page_png(np.repeat(COLORS[..., :1], 3, axis=2)))
    assert page.mode == "L"
    assert np.array_equal(np.asarray(page), COLORS[..., 0])


@pytest.mark.parametrize("row", [0, 299])
def test_one_spot_of_colour_is_enough(row: int) -> None:
    page = np.full((300, 20, 3), 255, np.uint8)
    page[row, 3] = (255, 255, 254)
    assert decoded(page_png(page)).mode == "RGB"
