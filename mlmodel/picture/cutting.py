"""Digits cut out of the ink, each without its neighbours."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.picture.boxes import Box
from mlmodel.picture.ink import Ink
from mlmodel.picture.locate import Components

# (4, 2): x and y of a parallelogram's corners, in working pixels, in order around it.
Outline = NDArray[np.float64]

# A component with at least this share of its ink in the outline belongs to the digit as a whole.
_OWN = 0.7
# With less than this share it is a neighbour that reaches in; in between, it is cut at the outline.
_FOREIGN = 0.12
# A component that is this share of the ink in the outline is never foreign: it is a part of a
# long stroke.
_MUCH = 0.35
# A component that reaches into only one outline belongs to that digit as a whole, unless it is
# more than this many times as wide or high as the box around the outline: a frame, a ruling.
_MOST_OVER = 1.8
# A component that is kept whole may reach beyond that box by this share of the box's sides.
_BEYOND = 0.8
# In a box without ink, paper and ink are these percentiles, at least this many grey levels apart,
# and ink begins at this share of the way to the darkest.
_PAPER, _DARK, _LEAST_FAINT, _FAINT_EDGE = 80, 1, 3.0, 0.35
# An outline of a smaller area is a point or a line: the whole box around it counts as inside.
_LEAST_AREA_PX = 1.0


@dataclass(frozen=True)
class Cut:
    """A digit that was cut out.

    Attributes:
        strength: (height, width) float32 in 0..1, the digit's ink alone; at least 1x1.
        box: x, y, width, height around its ink, in working pixels; where there is no ink, the
            box around the outline that was asked for.
    """

    strength: NDArray[np.float32]
    box: Box


def cut_digits(ink: Ink, components: Components, outlines: Sequence[Outline]) -> list[Cut]:
    """Cut the digit in each outline out of the ink.

    Args:
        outlines: one for each digit; an outline may reach outside the picture.

    Returns:
        One cut for each outline, in the same order.
    """
    places = [_place(components, outline) for outline in outlines]
    within = [_labels_within(components, place) for place in places]
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
        _cut(ink, components, place, counts, claims)
        for place, counts in zip(places, within, strict=True)
    ]


def cut_faint(ink: Ink, outline: Outline) -> Cut:
    """Cut what is darkest in a box out of the bare picture, where no ink was found.

    Without ink at all, or outside the picture, the cut is empty.
    """
    low = np.clip(np.floor(outline.min(axis=0)).astype(int), 0, ink.grey.shape[::-1])
    high = np.clip(np.ceil(outline.max(axis=0)).astype(int), 0, ink.grey.shape[::-1])
    width, height = np.maximum(high - low, 0)
    box = int(low[0]), int(low[1]), max(int(width), 1), max(int(height), 1)
    window = ink.grey[low[1] : high[1], low[0] : high[0]]
    if not window.size:
        return Cut(np.zeros((1, 1), np.float32), box)
    paper, dark = np.percentile(window, (_PAPER, _DARK))
    if paper - dark < _LEAST_FAINT:
        return Cut(np.zeros((1, 1), np.float32), box)
    share = (paper - window) / (paper - dark)
    strength = np.clip((share - _FAINT_EDGE) / (1 - _FAINT_EDGE), 0, 1)
    return Cut(np.asarray(strength, np.float32), box)


def outline_of(box: Box) -> Outline:
    """The corners of an upright box."""
    x, y, width, height = box
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float64)


@dataclass(frozen=True)
class _Place:
    """An outline in the picture: the box around it, and which pixels of that box are inside."""

    box: Box
    window: tuple[slice, slice]
    inside: NDArray[np.bool_]


def _place(components: Components, outline: Outline) -> _Place:
    low, high = np.floor(outline.min(axis=0)).astype(int), np.ceil(outline.max(axis=0)).astype(int)
    width, height = np.maximum(high - low, 1)
    box = int(low[0]), int(low[1]), int(width), int(height)
    window = _window(box, 0, components)
    return _Place(box, window, _inside(outline, window))


def _inside(outline: Outline, window: tuple[slice, slice]) -> NDArray[np.bool_]:
    """Which pixels of a window have their centre in a parallelogram."""
    first, second, _, last = outline
    sides = np.column_stack([second - first, last - first])
    if abs(np.linalg.det(sides)) < _LEAST_AREA_PX:
        return np.ones([part.stop - part.start for part in window], np.bool_)
    (across_x, across_y), (down_x, down_y) = np.linalg.inv(sides)
    x = np.arange(window[1].start, window[1].stop) + 0.5 - first[0]
    y = np.arange(window[0].start, window[0].stop)[:, np.newaxis] + 0.5 - first[1]
    across, down = across_x * x + across_y * y, down_x * x + down_y * y
    inside = (across >= 0) & (across < 1) & (down >= 0) & (down < 1)
    # A parallelogram thinner than a pixel may hold no pixel's centre: then the window counts.
    return np.asarray(inside if inside.any() else np.ones_like(inside))


def _labels_within(components: Components, place: _Place) -> dict[int, int]:
    """The number of pixels of each component in the place, by the component's label."""
    labels, counts = np.unique(components.labels[place.window][place.inside], return_counts=True)
    found = zip(labels, counts, strict=True)
    return {int(label): int(count) for label, count in found if label}


def _cut(
    ink: Ink, components: Components, place: _Place, counts: dict[int, int], claims: Counter[int]
) -> Cut:
    inner, outer = place.window, _window(place.box, _BEYOND, components)
    labels = components.labels[outer]
    inside = np.zeros(labels.shape, np.bool_)
    top, left = (inner[axis].start - outer[axis].start for axis in (0, 1))
    height, width = place.inside.shape
    inside[top : top + height, left : left + width] = place.inside
    keep = np.zeros(labels.shape, np.bool_)
    total = sum(counts.values())
    for label, count in counts.items():
        _, _, own_width, own_height, area = components.stats[label]
        fits = own_width <= _MOST_OVER * place.box[2] and own_height <= _MOST_OVER * place.box[3]
        if count >= _OWN * area or (fits and claims[label] == 1):
            keep |= labels == label
        elif count >= _FOREIGN * area or count >= _MUCH * total:
            keep |= (labels == label) & inside
    soft = cv2.dilate(keep.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    strength = np.where(soft, ink.strength[outer], 0).astype(np.float32)
    return Cut(strength, _box_around(keep, outer) or place.box)


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
