"""Pictures for tests: digits of MNIST written on papers of many kinds."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.classifier import DIGIT_CLASSES
from mlmodel.digits.normalize import DIGIT_BOX_PX, FRAME_SIDE_PX
from mlmodel.mnist.data import Samples, load_mnist, split
from mlmodel.training.digits.config import DigitsConfig

Ink = NDArray[np.float32]
Picture = NDArray[np.uint8]

RULING_DISTANCE_PX = 90


@lru_cache(maxsize=1)
def validation_samples() -> Samples:
    """MNIST training samples that no training has seen."""
    return split(load_mnist().training, DigitsConfig().held_out)[1]


@lru_cache(maxsize=1)
def clear_digits() -> tuple[NDArray[np.uint8], ...]:
    """For each value the ten validation pictures most like the others, (10, 28, 28) each."""
    samples = validation_samples()
    chosen = []
    for value in range(DIGIT_CLASSES):
        images = samples.images[samples.labels == value]
        strangeness = np.abs(images - images.mean(axis=0)).mean(axis=(1, 2))
        chosen.append(images[np.argsort(strangeness)[:10]])
    return tuple(chosen)


def written(text: str, digit_px: int = 60) -> Ink:
    """The ink of a text, 0..1, with a margin around it; "|" begins a new line.

    The same digit looks different each time.
    """
    cell = round(digit_px * FRAME_SIDE_PX / DIGIT_BOX_PX)
    lines = text.split("|")
    ink = np.zeros((cell * (len(lines) + 1), cell * (max(map(len, lines)) + 1)), np.float32)
    for row, line in enumerate(lines):
        for column, value in enumerate(line):
            digit = clear_digits()[int(value)][(row + column) % 10].astype(np.float32) / 255
            top, left = cell // 2 + row * cell, cell // 2 + column * cell
            ink[top : top + cell, left : left + cell] = cv2.resize(
                digit, (cell, cell), interpolation=cv2.INTER_CUBIC
            )
    return np.clip(ink, 0, 1)


def on_paper(ink: Ink, *, paper: int = 240, pen: int = 40) -> Picture:
    """A clean grey scan of the ink."""
    return np.round(paper + (pen - paper) * ink).astype(np.uint8)


def on_ruled_paper(ink: Ink) -> Picture:
    """A scan of the ink on paper with printed lines, of which some cross the digits."""
    lines = np.zeros_like(ink)
    for thickness in range(2):
        lines[RULING_DISTANCE_PX // 2 + thickness :: RULING_DISTANCE_PX] = 0.5
    return on_paper(np.maximum(ink, lines))


def in_uneven_light(picture: Picture) -> Picture:
    """The picture with its right side at 40 % of the light."""
    light = np.linspace(1, 0.4, picture.shape[1])
    return np.round(picture * light).astype(np.uint8)


def photographed(picture: Picture, seed: int = 0) -> Picture:
    """The picture in colour as a phone takes it: a lamp's light, a soft lens, and grain."""
    height, width = picture.shape
    row, column = np.mgrid[:height, :width]
    light = 0.6 + 0.4 * np.exp(-((row / height - 0.3) ** 2) - (column / width - 0.2) ** 2)
    soft = cv2.GaussianBlur(picture * light, (0, 0), 1)
    grain = np.random.default_rng(seed).normal(0, 3, (height, width))
    lit = (soft + grain)[..., np.newaxis] * np.array([1, 0.96, 0.88])
    return np.asarray(np.clip(np.round(lit), 0, 255), np.uint8)


def blank_pictures(height: int = 300, width: int = 400) -> dict[str, Picture]:
    """Pictures of nothing."""
    random = np.random.default_rng(4)
    slope = np.linspace(60, 220, width) * np.ones((height, 1))
    even = np.full((height, width), 255, np.uint8)
    return {
        "white": even,
        "black": np.zeros_like(even),
        "grey": even // 2,
        "gradient": np.round(slope).astype(np.uint8),
        "paper": random.normal(200, 4, even.shape).astype(np.uint8),
        "photo of paper": photographed(even),
        "noise": random.integers(0, 256, even.shape, np.uint8),
    }


def turned(picture: Picture, degrees: float) -> Picture:
    """The picture turned counterclockwise on a larger sheet of its own paper."""
    height, width = picture.shape
    pad = round(abs(np.sin(np.radians(degrees))) * max(height, width)) + 1
    large = np.pad(picture, pad, mode="edge")
    middle = (large.shape[1] / 2, large.shape[0] / 2)
    matrix = cv2.getRotationMatrix2D(middle, degrees, 1)
    size = large.shape[::-1]
    whole = cv2.warpAffine(large, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(whole, np.uint8)
