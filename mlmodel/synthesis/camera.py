"""What a camera, a scanner or a file does to the picture of a sheet."""

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.synthesis.shapes import Grey


def take(
    picture: Grey, unit: float, contrast: float, random: np.random.Generator
) -> NDArray[np.uint8]:
    """Blur, noise, compression, tone, and at times white on black.

    Args:
        picture: (height, width) float32, grey levels 0..255.
        unit: the usual height of a digit in pixels.
        contrast: grey levels between ink and paper; noise stays well below.
    """
    if random.random() < 0.55:
        sigma = unit * abs(random.normal(0, 0.03))
        if sigma > 0.3:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    if random.random() < 0.08:
        picture = _shaken(picture, unit, random)
    if random.random() < 0.65:
        picture = _with_grain(picture, contrast, random)
    if random.random() < 0.12:
        picture = 255 - picture
    taken = np.clip(np.round(picture), 0, 255).astype(np.uint8)
    return _compressed(taken, random) if random.random() < 0.6 else taken


def _shaken(picture: Grey, unit: float, random: np.random.Generator) -> Grey:
    length = max(2, round(unit * random.uniform(0.05, 0.1)))
    kernel = np.zeros((length, length), np.float32)
    angle = random.uniform(0, np.pi)
    middle = (length - 1) / 2
    for t in np.linspace(-middle, middle, 4 * length):
        kernel[round(middle + t * np.sin(angle)), round(middle + t * np.cos(angle))] = 1
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)


def _with_grain(picture: Grey, contrast: float, random: np.random.Generator) -> Grey:
    grain = random.standard_normal(picture.shape, np.float32)
    if random.random() < 0.4:  # coarse grain, as cameras leave after their own cleaning
        grain = cv2.GaussianBlur(grain, (0, 0), 0.8) * 2.2
    return np.asarray(picture + grain * min(abs(random.normal(0, 4)), 0.12 * contrast), np.float32)


def _compressed(picture: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    quality = int(random.integers(30, 96))
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
