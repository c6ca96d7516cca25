"""A picture in, its digits out: ink, location, one frame a digit, one batch for the network."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlmodel.classifier import SHIPPED_DIR, Classifier
from mlmodel.ink import extract_ink
from mlmodel.locate import Box, Piece, locate
from mlmodel.normalize import frame_digits
from mlmodel.split import split_touching

# Below this probability of the whole text, a person should look.
DOUBTFUL_BELOW = 0.9
_ALTERNATIVES = 3


class State(StrEnum):
    READ = "read"
    DOUBTFUL = "doubtful"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Digit:
    """One digit that was read.

    Attributes:
        value: 0 to 9.
        confidence: the value's probability, 0..1.
        box: x, y, width, height in pixels of the picture given; inside it.
        line: the line it stands on, from 0 at the top.
        alternatives: the next likely values with their probabilities, most likely first.
        frame: (28, 28) uint8, what the network saw; 255 is full ink.
    """

    value: int
    confidence: float
    box: Box
    line: int
    alternatives: tuple[tuple[int, float], ...]
    frame: NDArray[np.uint8]


@dataclass(frozen=True)
class Reading:
    """What one model read in one picture.

    Attributes:
        state: read, doubtful, or nothing to read.
        digits: in reading order, line by line.
        text: the digits, "|" between lines; empty when there is nothing to read.
        confidence: the probability that the whole text is right (0..1), as the product of
            its digits'; None when there is nothing to read.
    """

    state: State
    digits: tuple[Digit, ...]
    text: str
    confidence: float | None


def read(
    image: NDArray[np.uint8],
    classifier: Classifier | None = None,
    *,
    picture_size: tuple[int, int] | None = None,
) -> Reading:
    """Read the digits in a picture.

    Args:
        image: (height, width) grey or (height, width, 3) RGB, uint8, upright; dark ink on
            light paper or the other way round.
        classifier: the model; the shipped one when left out.
        picture_size: width and height of the picture whose pixels the boxes count, where
            `image` is a smaller copy of it.

    Raises:
        ValueError: an array that is no such picture.
        ModelError: the shipped model can't be loaded.
    """
    grey_or_rgb = image.ndim == 2 or image.shape[2:] == (3,)
    if image.dtype != np.uint8 or not grey_or_rgb or not image.size:
        raise ValueError(f"No picture: {image.dtype} of shape {image.shape}.")
    classifier = classifier or _shipped_classifier()
    ink = extract_ink(image)
    pieces = [part for piece in locate(ink) for part in split_touching(piece, classifier.classify)]
    frames = frame_digits([piece.strength for piece in pieces])
    probabilities = classifier.classify(frames)
    size = picture_size or (image.shape[1], image.shape[0])
    scale = ink.scale * image.shape[1] / size[0]
    digits = tuple(
        _digit(piece, frame, row, scale, size)
        for piece, frame, row in zip(pieces, frames, probabilities, strict=True)
    )
    return summarize(digits)


def summarize(digits: tuple[Digit, ...]) -> Reading:
    """The reading of these digits, which stand in reading order."""
    if not digits:
        return Reading(State.NOTHING, (), "", None)
    text = str(digits[0].value) + "".join(
        ("|" if digit.line != before.line else "") + str(digit.value)
        for before, digit in pairwise(digits)
    )
    confidence = float(np.prod([digit.confidence for digit in digits]))
    state = State.READ if confidence >= DOUBTFUL_BELOW else State.DOUBTFUL
    return Reading(state, digits, text, confidence)


def _digit(
    piece: Piece,
    frame: NDArray[np.float32],
    probabilities: NDArray[np.float32],
    scale: float,
    size: tuple[int, int],
) -> Digit:
    order = np.argsort(probabilities)[::-1]
    value = int(order[0])
    return Digit(
        value=value,
        confidence=min(float(probabilities[value]), 1.0),
        box=_in_picture(piece.box, scale, size),
        line=piece.line,
        alternatives=tuple(
            (int(other), float(probabilities[other])) for other in order[1 : _ALTERNATIVES + 1]
        ),
        frame=np.round(frame * 255).astype(np.uint8),
    )


def _in_picture(box: Box, scale: float, size: tuple[int, int]) -> Box:
    """A box in working pixels as one in the picture's own, not reaching outside."""
    width, height = size
    x, y, box_width, box_height = box
    left, top = min(int(x / scale), width - 1), min(int(y / scale), height - 1)
    right = min(max(int(np.ceil((x + box_width) / scale)), left + 1), width)
    bottom = min(max(int(np.ceil((y + box_height) / scale)), top + 1), height)
    return left, top, right - left, bottom - top


@lru_cache(maxsize=1)
def _shipped_classifier(directory: Path = SHIPPED_DIR) -> Classifier:
    return Classifier.load(directory)
