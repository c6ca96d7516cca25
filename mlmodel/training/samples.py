"""Training samples for both networks, cut from synthetic pictures as reading cuts them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.classifier import OTHER
from mlmodel.digits.normalize import frame_digit
from mlmodel.lines.strips import STRIP_HEIGHT_PX, Strip, cut_strips
from mlmodel.picture.boxes import Box
from mlmodel.picture.cutting import cut_digits, outline_of
from mlmodel.picture.ink import Ink, extract_ink
from mlmodel.picture.locate import Components, locate
from mlmodel.synthesis.photograph import KnownDigit, Picture
from mlmodel.synthesis.pictures import synthetic_picture
from mlmodel.synthesis.shapes import MnistShapes

# A digit can be read if this share of its area lies in the strip. It belongs to another line if
# the share is at most the second one. A strip with a digit in between is left out.
_READABLE, _FOREIGN = 0.6, 0.3
# Standard deviation by which each edge of the line network's boxes is off, in digit heights.
_BOX_SPREAD = 0.05
# Reading never takes anything for a digit that is lower than this share of the usual height.
_LEAST_OTHER_HEIGHT = 0.25
# What is slimmer than this share of its height is never a sample of "no digit": an upright stroke
# may be a 1, which only the line around it decides.
_SLIM = 0.4
# Samples of "no digit" from one picture: the parts of a grid or a texture are all alike.
_MOST_OTHERS = 5
# A box between two neighbours at most this far apart, in heights, holds half of each. This share of
# such boxes become samples of "no digit".
_BETWEEN_GAP, _BETWEEN_SHARE = 0.3, 0.15


@dataclass(frozen=True)
class Sample:
    """A strip and its digits.

    Attributes:
        pixels: (40, width) float32 in 0..1.
        values: (n,) int, 0..9, from left to right.
        boxes: (n, 4) float32, left, top, right, bottom in pixels of the strip.
    """

    pixels: NDArray[np.float32]
    values: NDArray[np.int_]
    boxes: NDArray[np.float32]


def samples(mnist: MnistShapes, seed: int, start: int = 0) -> Iterator[Sample]:
    """Samples without end, each decided by the seed and the number of its picture.

    Args:
        start: the number of the first picture.
    """
    number = start
    while True:
        random = np.random.default_rng([seed, number])
        number += 1
        picture = synthetic_picture(mnist, random)
        yield from samples_of(picture)


def samples_of(picture: Picture) -> Iterator[Sample]:
    """The strips that reading cuts from a picture, without those that show parts of digits."""
    ink = extract_ink(picture.image)
    for strip in cut_strips(ink, locate(ink)):
        sample = _label(strip, picture.digits, ink.scale)
        if sample is not None:
            yield sample


def _label(strip: Strip, digits: tuple[KnownDigit, ...], scale: float) -> Sample | None:
    inverse = np.linalg.inv(np.vstack([strip.to_working, (0, 0, 1)]))
    found = []
    width = strip.pixels.shape[1]
    for digit in digits:
        x, y, w, h = (value * scale for value in digit.box)
        middle = inverse @ (x + w / 2, y + h / 2, 1)
        size = 1 / np.hypot(*strip.to_working[:, 0])
        half_w, half_h = w * size / 2, h * size / 2
        box = middle[0] - half_w, middle[1] - half_h, middle[0] + half_w, middle[1] + half_h
        if not -half_w < middle[0] < width + half_w:
            continue
        seen = min(box[3], STRIP_HEIGHT_PX) - max(box[1], 0)
        seen = max(seen, 0) / (2 * half_h)
        seen *= max(min(box[2], width) - max(box[0], 0), 0) / (2 * half_w)
        if seen <= _FOREIGN:
            continue
        if seen < _READABLE or not 10 < 2 * half_h < 2 * STRIP_HEIGHT_PX:
            return None
        found.append((middle[0], digit.value, box))
    found.sort()
    return Sample(
        strip.pixels,
        np.array([value for _, value, _ in found], np.int_),
        np.array([box for _, _, box in found], np.float32).reshape(-1, 4),
    )


def frames_of(
    picture: Picture, random: np.random.Generator
) -> Iterator[tuple[NDArray[np.float32], int]]:
    """Frames that reading may cut from a picture: (28, 28) float32 in 0..1, and 0..9 or OTHER.

    Digits are cut out by boxes that are a little off, as those of the line network are. OTHER is
    whatever else has the size of a digit, or lies between two digits.
    """
    ink = extract_ink(picture.image)
    components = Components.of(ink)
    boxes = [_scaled(digit, ink) for digit in picture.digits]
    places = [
        (_moved(box, random), digit.value) for box, digit in zip(boxes, picture.digits, strict=True)
    ]
    others = [box for box in _others(ink, components, boxes) if box[2] > _SLIM * box[3]]
    places += [(others[int(i)], OTHER) for i in random.permutation(len(others))[:_MOST_OTHERS]]
    places += [(box, OTHER) for box in _between(boxes) if random.random() < _BETWEEN_SHARE]
    cuts = cut_digits(ink, components, [outline_of(box) for box, _ in places])
    for cut, (_, label) in zip(cuts, places, strict=True):
        if cut.strength.any():
            yield frame_digit(cut.strength), label


def _scaled(digit: KnownDigit, ink: Ink) -> Box:
    x, y, width, height = (round(value * ink.scale) for value in digit.box)
    return x, y, max(width, 1), max(height, 1)


def _moved(box: Box, random: np.random.Generator) -> Box:
    x, y, width, height = box
    left, top, right, bottom = random.normal(0, _BOX_SPREAD * height, 4)
    return (
        round(x + left),
        round(y + top),
        max(round(width + right - left), 1),
        max(round(height + bottom - top), 1),
    )


def _others(ink: Ink, components: Components, digits: list[Box]) -> Iterator[Box]:
    """Boxes of pieces and single components that touch no digit's box."""
    usual = float(np.median([box[3] for box in digits])) if digits else 0.0
    pieces = [piece.box for piece in locate(ink, components)]
    whole = [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in components.stats[1:]]
    for box in {*pieces, *whole} if digits else pieces:
        if box[3] >= _LEAST_OTHER_HEIGHT * usual and not any(_meet(box, other) for other in digits):
            yield box


def _meet(one: Box, other: Box) -> bool:
    return all(
        max(one[axis], other[axis]) < min(one[axis] + one[axis + 2], other[axis] + other[axis + 2])
        for axis in (0, 1)
    )


def _between(digits: list[Box]) -> Iterator[Box]:
    """Boxes that hold one half of each of two neighbours."""
    for one, other in pairwise(sorted(digits)):
        width, height = (one[2] + other[2]) // 2, max(one[3], other[3])
        is_level = abs(one[1] - other[1]) < height / 2
        is_near = other[0] - one[0] - one[2] < _BETWEEN_GAP * height
        if is_level and is_near and min(one[2], other[2]) > 0.35 * height:
            middle = (one[0] + one[2] + other[0]) / 2
            yield round(middle - width / 2), min(one[1], other[1]), width, height
