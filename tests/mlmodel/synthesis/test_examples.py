from pathlib import Path

import cv2
import numpy as np
import pytest

from mlmodel.synthesis.examples import EXAMPLES, example

FOLDER = Path(__file__).parents[3] / "static/images/examples"
# JPEG changes pictures by less than this, as a mean in grey levels.
MOST_DIFFERENT = 3


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_start_page_s_examples_can_be_made_again(name: str) -> None:
    kept = cv2.imread(str(FOLDER / f"{name}.jpg"), cv2.IMREAD_GRAYSCALE)
    assert kept is not None
    made = example(name).image
    assert kept.shape == made.shape
    assert np.abs(kept.astype(int) - made).mean() < MOST_DIFFERENT
