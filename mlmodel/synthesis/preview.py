"""Synthetic pictures side by side, for people to look at."""

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.mnist.data import Samples
from mlmodel.synthesis.photograph import Picture
from mlmodel.synthesis.pictures import synthetic_picture
from mlmodel.synthesis.shapes import MnistShapes

TILE_WIDTH_PX, TILE_HEIGHT_PX, CAPTION_PX = 240, 110, 20
COLUMNS, ROWS = 6, 12


def preview(samples: Samples, seed: int) -> NDArray[np.uint8]:
    """The first pictures of a training with this seed, each above its text.

    Args:
        samples: the digits of MNIST that are written with.

    Returns:
        (height, width) uint8.
    """
    shapes = MnistShapes(samples)
    tiles = [
        _tile(synthetic_picture(shapes, np.random.default_rng([seed, number])))
        for number in range(COLUMNS * ROWS)
    ]
    rows = [np.hstack(tiles[row * COLUMNS : (row + 1) * COLUMNS]) for row in range(ROWS)]
    return np.vstack(rows)


def _tile(picture: Picture) -> NDArray[np.uint8]:
    tile = np.full((TILE_HEIGHT_PX + CAPTION_PX, TILE_WIDTH_PX), 255, np.uint8)
    height, width = picture.image.shape
    scale = min((TILE_WIDTH_PX - 6) / width, (TILE_HEIGHT_PX - 4) / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    tile[2 : 2 + size[1], 2 : 2 + size[0]] = cv2.resize(picture.image, size, interpolation=way)
    place, font = (4, TILE_HEIGHT_PX + 14), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(tile, picture.text or "-", place, font, 0.42, 0, 1, cv2.LINE_AA)
    return tile
