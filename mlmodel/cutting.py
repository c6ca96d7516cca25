"""Digits cut out of the ink, each without its neighbours."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.ink import Ink
from mlmodel.locate import Box, Components

# A component with this share of its ink in the box belongs to the digit, whole ...
_OWN = 0.7
# ... with less than this it is a neighbour that reaches in; between, it is cut at the box.
_FOREIGN = 0.12
# What is this much of the ink in the box is never foreign: a part of a long stroke.
_MUCH = 0.35
# A component that reaches into one box only is that digit's, whole, unless it is so many times
# as wide or high as the box: a frame, a ruling.
_MOST_OVER = 1.8
# A whole component may reach beyond the box by this share of the box's sides.
_BEYOND = 0.8


@dataclass(frozen=True)
class Cut:
    """A digit that was cut out.

    Attributes:
        strength: (height, width) float32 in 0..1, its ink alone; at least 1x1.
        box: x, y, width, height around its ink, in working pixels; the box that was asked for
            where there is none.
    """

    strength: NDArray[np.float32]
    box: Box


def cut_digits(ink: Ink, components: Components, boxes: list[Box]) -> list[Cut]:
    """The ink of the digit in each box.

    Args:
        boxes: x, y, width, height in working pixels; may reach outside the picture.
    """
    within = [_labels_within(components, box) for box in boxes]
    claims = Counter(
        chain.from_iterable(
            (
                label
                for label, count in counts.items()
                if count >= _FOREIGN * components.stats[label, 4]
            )
            for counts in within
        )
    )
    return [
        _cut(ink, components, box, counts, claims)
        for box, counts in zip(boxes, within, strict=True)
    ]


def _labels_within(components: Components, box: Box) -> dict[int, int]:
    """How many pixels of each component lie in the box."""
    labels, counts = np.unique(components.labels[_window(box, 0, components)], return_counts=True)
    found = zip(labels, counts, strict=True)
    return {int(label): int(count) for label, count in found if label}


def _cut(
    ink: Ink, components: Components, box: Box, counts: dict[int, int], claims: Counter[int]
) -> Cut:
    inner, outer = _window(box, 0, components), _window(box, _BEYOND, components)
    labels = components.labels[outer]
    inside = np.zeros(labels.shape, np.bool_)
    top, left = (inner[axis].start - outer[axis].start for axis in (0, 1))
    height, width = (part.stop - part.start for part in inner)
    inside[top : top + height, left : left + width] = True
    keep = np.zeros(labels.shape, np.bool_)
    total = sum(counts.values())
    for label, count in counts.items():
        _, _, own_width, own_height, area = components.stats[label]
        fits = own_width <= _MOST_OVER * box[2] and own_height <= _MOST_OVER * box[3]
        if count >= _OWN * area or (fits and claims[label] == 1):
            keep |= labels == label
        elif count >= _FOREIGN * area or count >= _MUCH * total:
            keep |= (labels == label) & inside
    soft = cv2.dilate(keep.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    strength = np.where(soft, ink.strength[outer], 0).astype(np.float32)
    return Cut(strength, _box_around(keep, outer) or box)


def _box_around(keep: NDArray[np.bool_], window: tuple[slice, slice]) -> Box | None:
    rows, columns = np.flatnonzero(keep.any(axis=1)), np.flatnonzero(keep.any(axis=0))
    if not rows.size:
        return None
    x, y = int(columns[0]) + window[1].start, int(rows[0]) + window[0].start
    return x, y, int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1


def _window(box: Box, beyond: float, components: Components) -> tuple[slice, slice]:
    x, y, width, height = box
    rows, columns = components.labels.shape
    left, right = (round(v) for v in (x - beyond * width, x + width + beyond * width))
    top, bottom = (round(v) for v in (y - beyond * height, y + height + beyond * height))
    left, top = min(max(left, 0), columns - 1), min(max(top, 0), rows - 1)
    return (
        slice(top, max(min(bottom, rows), top + 1)),
        slice(left, max(min(right, columns), left + 1)),
    )
