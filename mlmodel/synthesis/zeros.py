"""Zeros that are written without lifting the pen, as many write those at the end of an amount."""

from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from mlmodel.picture.boxes import Box
from mlmodel.synthesis.allographs import smooth_curve
from mlmodel.synthesis.shapes import Grey, as_grey, draw_curve

Link = Literal["top", "foot", "crossing"]  # where the pen leads from one zero to the next
_LINKS: tuple[Link, ...] = get_args(Link)

# Lengths are in digit heights; a pair is a range.
_POINTS = 11  # by which each zero is drawn
_ASPECT = 0.5, 1.25  # width against height, the same for all zeros of a row
_APART = -0.12, 0.35  # between neighbours, the same in a row
_CROSSING_APART = 0.2  # zeros linked as in the sign of infinity: this share of it
_LOG_HEIGHT, _LOG_WIDTH = 0.08, 0.1  # standard deviations of the logarithms, from zero to zero
_LAST_FLAT_SHARE = 0.35  # of rows end in a flat zero: ...
_FLAT_HEIGHT, _FLAT_WIDTH = (0.5, 0.9), (1, 1.4)  # ... this much lower and wider
_TURNS = 0.97, 1.1  # of the pen around a zero
_UNSTEADY = 0.005, 0.025  # standard deviation of a point's move


def linked_zeros(
    count: int, height_px: float, slant: float, stroke_px: float, random: np.random.Generator
) -> tuple[Grey, list[Box]]:
    """Zeros side by side whose strokes lead from one to the next.

    Args:
        count: two or more.
        height_px: the usual height of a zero.
        slant: columns per row to the right going up.
        stroke_px: the width of the stroke.

    Returns:
        (height, width) float32 in 0..1, cropped to the ink; and x, y, width, height of each zero.
    """
    link = _LINKS[int(random.integers(len(_LINKS)))]
    rings = list(_rings(count, link, random))
    unsteady = random.uniform(*_UNSTEADY)
    rings = [ring + random.normal(0, unsteady, ring.shape) for ring in rings]
    upright = np.array([(1, 0), (-slant, 1)])  # y counts down, so x grows where y is less
    rings = [height_px * ring @ upright for ring in rings]
    curve = smooth_curve(np.vstack(rings))
    left, top, width, height = _box(curve, stroke_px)
    canvas = np.zeros((height, width), np.uint8)
    draw_curve(canvas, curve - (left, top), stroke_px)
    return as_grey(canvas), [_box(ring - (left, top), stroke_px) for ring in rings]


def _rings(count: int, link: Link, random: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """The points of each zero, (points, 2), x and y in digit heights; zeros stand on y = 0."""
    aspect, apart = random.uniform(*_ASPECT), random.uniform(*_APART)
    if link == "crossing":
        apart *= _CROSSING_APART
    begin, sense = _way(link, random)
    edge = 0.0
    for number in range(count):
        is_last = number == count - 1
        tall = 0.5 * float(np.exp(random.normal(0, _LOG_HEIGHT)))
        wide = tall * aspect * float(np.exp(random.normal(0, _LOG_WIDTH)))
        if is_last and random.random() < _LAST_FLAT_SHARE:
            tall, wide = tall * random.uniform(*_FLAT_HEIGHT), wide * random.uniform(*_FLAT_WIDTH)
        turns = random.uniform(*_TURNS)
        if link == "crossing" and number:  # begun at its left, and turned the other way
            begin, sense = np.pi + random.normal(0, 0.2), -sense
            turns += 0 if is_last else 0.5  # ends at its right, beside the next one
        angle = begin + sense * 2 * np.pi * np.linspace(0, turns, round(_POINTS * turns))
        middle = edge + wide
        yield np.stack([middle + wide * np.cos(angle), tall * np.sin(angle) - tall], axis=1)
        edge = middle + wide + apart


def _way(link: Link, random: np.random.Generator) -> tuple[float, int]:
    """Where a zero begins, in radians clockwise from its right, and the sense, 1 is clockwise."""
    if link == "top":
        return random.uniform(-0.6, -0.2) * np.pi, -1
    if link == "foot":
        return random.uniform(0.3, 0.6) * np.pi, int(random.choice([-1, 1]))
    return random.normal(0, 0.2), -1


def _box(line: NDArray[np.float64], stroke_px: float) -> Box:
    """The smallest box around a line of this width: x, y, width, height."""
    low = np.floor(line.min(axis=0) - stroke_px / 2).astype(int)
    high = np.ceil(line.max(axis=0) + stroke_px / 2).astype(int)
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])
