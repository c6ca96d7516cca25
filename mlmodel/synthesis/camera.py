"""What a camera, a scanner or a file format does to the picture of a sheet."""

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.synthesis.shapes import Grey

# How pictures are taken. Shares are of all pictures, and pairs are ranges.
_BLURRED_SHARE = 0.55  # out of focus
# Standard deviation of the blur's sigma, in digit heights. With 0.026, in half of the pictures, and
# with larger digits, a network read a quarter of a percent less of USPS.
_BLUR = 0.03
_LEAST_BLUR_PX = 0.3  # a smaller sigma is left out
_SHAKEN_SHARE, _SHAKE = 0.08, (0.05, 0.1)  # and how far, in digit heights
_GRAIN_SHARE = 0.65
_GRAIN = 4  # standard deviation of the grain's own standard deviation, in grey levels
_MOST_GRAIN = 0.12  # its bound, as a share of the contrast between ink and paper
_COARSE_SHARE = 0.4  # of grain is coarse, as cameras leave it after they have removed noise
_INVERTED_SHARE = 0.12  # white on black
_COMPRESSED_SHARE, _LEAST_QUALITY, _MOST_QUALITY = 0.6, 30, 95  # as JPEG


def take(
    picture: Grey, unit: float, contrast: float, random: np.random.Generator
) -> NDArray[np.uint8]:
    """Take the picture: blur, shake, grain, JPEG, and at times white on black.

    Args:
        picture: (height, width) float32, grey levels 0..255.
        unit: the usual height of a digit in pixels.
        contrast: grey levels between ink and paper, which bound the grain.

    Returns:
        (height, width) uint8.
    """
    if random.random() < _BLURRED_SHARE:
        sigma = unit * abs(random.normal(0, _BLUR))
        if sigma > _LEAST_BLUR_PX:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    if random.random() < _SHAKEN_SHARE:
        picture = _shaken(picture, unit, random)
    if random.random() < _GRAIN_SHARE:
        picture = _with_grain(picture, contrast, random)
    if random.random() < _INVERTED_SHARE:
        picture = 255 - picture
    taken = np.clip(np.round(picture), 0, 255).astype(np.uint8)
    return _compressed(taken, random) if random.random() < _COMPRESSED_SHARE else taken


def _shaken(picture: Grey, unit: float, random: np.random.Generator) -> Grey:
    length = max(2, round(unit * random.uniform(*_SHAKE)))
    kernel = np.zeros((length, length), np.float32)
    angle = random.uniform(0, np.pi)
    middle = (length - 1) / 2
    for t in np.linspace(-middle, middle, 4 * length):
        kernel[round(middle + t * np.sin(angle)), round(middle + t * np.cos(angle))] = 1
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)


def _with_grain(picture: Grey, contrast: float, random: np.random.Generator) -> Grey:
    grain = random.standard_normal(picture.shape, np.float32)
    if random.random() < _COARSE_SHARE:
        grain = cv2.GaussianBlur(grain, (0, 0), 0.8) * 2.2
    strength = min(abs(random.normal(0, _GRAIN)), _MOST_GRAIN * contrast)
    return np.asarray(picture + grain * strength, np.float32)


def _compressed(picture: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    quality = int(random.integers(_LEAST_QUALITY, _MOST_QUALITY + 1))
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
