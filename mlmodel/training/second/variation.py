"""Small changes to looks, new ones every time that a look is shown."""

import cv2
import numpy as np
from numpy.typing import NDArray

# Levels are raised to a power of e**-0.4..e**0.4, and paper and ink come as near to each other as
# this share of their distance: pens and exposures between those of the pictures.
_GAMMA, _LEAST_SPAN = 0.4, 0.6
_NOISE = 6.0  # standard deviation of the noise's own standard deviation, in levels of 255
_MOST_ROWS = 3  # that a look is moved up or down
_INVERTED_SHARE = 0.03  # of looks: those whose ink was taken for their paper
# Looks that are as coarse as if they had this many rows: small pictures, scanned long ago.
_COARSE_SHARE, _COARSE_ROWS = 0.12, (14, 30)


def vary(pixels: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """Change the tone and the contrast of each look, move it, add noise, and make some coarse.

    Args:
        pixels: (n, 48, width), 255 is paper.
    """
    count = len(pixels)
    levels = np.arange(256, dtype=np.float32) / 255
    gamma = np.exp(random.uniform(-_GAMMA, _GAMMA, (count, 1)))
    span = random.uniform(_LEAST_SPAN, 1, (count, 1))
    offset = random.uniform(0, 1, (count, 1)) * (1 - span)
    table = (levels**gamma * span + offset) * 255
    inverted = random.random(count) < _INVERTED_SHARE
    table[inverted] = 255 - table[inverted]
    varied = np.stack([table[i][look] for i, look in enumerate(pixels)])
    noise = np.abs(random.normal(0, _NOISE, (count, 1, 1)))
    varied += noise * random.standard_normal(pixels.shape, np.float32)
    for look, rows in zip(varied, random.integers(-_MOST_ROWS, _MOST_ROWS + 1, count), strict=True):
        look[:] = np.roll(look, rows, axis=0)
        if random.random() < _COARSE_SHARE:
            look[:] = _coarse(look, int(random.integers(*_COARSE_ROWS)))
    return np.asarray(np.clip(np.round(varied), 0, 255), np.uint8)


def _coarse(look: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    """A look as if it had only this many rows."""
    height, width = look.shape
    small = cv2.resize(look, (width * rows // height, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height)), np.float32)
