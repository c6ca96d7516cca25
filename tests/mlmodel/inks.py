"""Ink for tests: rectangles and masks instead of writing."""

import numpy as np
from numpy.typing import NDArray

from mlmodel.picture.boxes import Box
from mlmodel.picture.ink import Ink

HEIGHT, WIDTH = 200, 400


def rectangles(*boxes: Box, height: int = HEIGHT, width: int = WIDTH) -> Ink:
    """Rectangles of full ink."""
    mask = np.zeros((height, width), np.bool_)
    for x, y, box_width, box_height in boxes:
        mask[y : y + box_height, x : x + box_width] = True
    return ink_of(mask)


def ink_of(mask: NDArray[np.bool_]) -> Ink:
    """Full ink wherever the mask is True."""
    return Ink(mask.astype(np.float32), mask, mask.astype(np.float32), 1.0, 255.0 * ~mask)
