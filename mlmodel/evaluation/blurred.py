"""Numbers made up by the synthesis in pictures from sharp to hardly legible."""

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.evaluation.labels import LabelledPicture, PictureSet
from mlmodel.mnist.data import Samples
from mlmodel.synthesis.hands import random_hand
from mlmodel.synthesis.photograph import Picture
from mlmodel.synthesis.pictures import one_line
from mlmodel.synthesis.shapes import MnistShapes
from mlmodel.synthesis.writing import Writer

# How much harder than the synthesis already makes them the pictures of each set are.
SEVERITIES = {"synthetic": 0.0, "synthetic, blurred": 0.4, "synthetic, badly blurred": 0.8}
_SEED = 20261201
# The usual height of a digit in pixels.
_LEAST_PX, _MOST_PX = 24, 64
# At the severity 1: the blur's sigma in digit heights, at the least and at the most, and the most
# standard deviation of the grain in grey levels.
_BLUR, _GRAIN = (0.045, 0.15), 20.0


def blurred_numbers(samples: Samples, name: str, count: int) -> PictureSet:
    """One line of digits a picture, in the hands of these samples; the same ones in all sets.

    Args:
        name: one of SEVERITIES.
        count: how many pictures.
    """
    shapes, severity = MnistShapes(samples), SEVERITIES[name]
    pictures = []
    for number in range(count):
        random = np.random.default_rng([_SEED, number])
        height = random.uniform(_LEAST_PX, _MOST_PX)
        picture = one_line(Writer(random_hand(random, height), shapes, random), random)
        pictures.append(_labelled(str(number), picture, _spoilt(picture, severity, random)))
    return PictureSet(name, pictures, count)


def _spoilt(picture: Picture, severity: float, random: np.random.Generator) -> NDArray[np.uint8]:
    height = float(np.median([digit.box[3] for digit in picture.digits]))
    sigma = severity * height * random.uniform(*_BLUR)
    image = cv2.GaussianBlur(picture.image, (0, 0), sigma) if sigma else picture.image
    grain = random.normal(0, severity * _GRAIN * random.random(), image.shape)
    return np.clip(image + grain, 0, 255).astype(np.uint8)


def _labelled(name: str, picture: Picture, image: NDArray[np.uint8]) -> LabelledPicture:
    data = cv2.imencode(".png", image)[1].tobytes()
    return LabelledPicture(name, lambda: data, picture.text, "synthesis")
