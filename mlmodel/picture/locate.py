"""Ink into pieces, each one digit or several that touch, line by line in reading order."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.picture.boxes import Box, box_of, reaches_edge, union
from mlmodel.picture.ink import Ink
from mlmodel.picture.rulings import are_borders, remove_rulings

# All shares are of the usual digit height in the picture.
# A fragment lower than this may be a part of a digit (the flag of a 5, a broken stroke).
_FRAGMENT_HEIGHT = 0.65
# It belongs to a digit that it overlaps sideways by this share of its own width ...
_FRAGMENT_OVERLAP = 0.4
# ... and from which it is no farther away than this.
_FRAGMENT_GAP = 0.3
# A dash is this much wider than high, and its ink covers so much of its box.
_FLAT, _FULL = 2.0, 0.45
# What stays lower than this alone is a point, a comma, a dash or dirt.
_LEAST_HEIGHT = 0.36
# What reaches the picture's edge and is larger than this, both ways, is no digit.
_HUGE = 2.2
# One of the last two boxes of a line is at most this much higher or lower than the next: lines
# drift, and a small digit stands high or low beside tall ones.
_LINE_DRIFT, _LAST_OF_LINE = 0.9, 2
# A neighbour is no farther away than this; so many of them show how the writing slopes, up to
# so many rows per column.
_NEIGHBOUR = 4.0
_LEAST_SLOPES, _MOST_SLOPE = 3, 0.35
# A component of fewer pixels is dust, whatever the rest looks like.
_LEAST_AREA_PX = 6
# More pieces than this are a texture, not writing.
_MOST_PIECES = 1000


@dataclass(frozen=True)
class Piece:
    """Connected ink: one digit, or several that touch.

    Attributes:
        box: x, y, width, height in working pixels.
        line: the line it stands on, from 0 at the top.
    """

    box: Box
    line: int = 0


@dataclass(frozen=True)
class Components:
    """Connected ink without rulings.

    Attributes:
        labels: (height, width) int32, the number of each pixel's component, 0 where none is.
        stats: (n, 5) int32, x, y, width, height and area in pixels, by number.
    """

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]

    @classmethod
    def of(cls, ink: Ink) -> "Components":
        mask = remove_rulings(ink.mask).astype(np.uint8)
        # By blocks of four pixels (Grana et al., 2010): on a page, half of the default's 13 ms.
        _, labels, found, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
            mask, 8, cv2.CV_32S, cv2.CCL_BBDT
        )
        stats = np.asarray(found, np.int32).reshape(-1, 5)
        is_border = are_borders(stats, mask.shape)
        if is_border[1:].any():
            labels = np.where(is_border[labels], 0, labels)
            stats = np.where(is_border[:, np.newaxis], 0, stats)
        return cls(np.asarray(labels, np.int32), stats)


def locate(ink: Ink, components: Components | None = None) -> list[Piece]:
    """Find digits in reading order: lines from top to bottom, each from left to right.

    Points, commas, dashes, rulings and dirt are left out. Empty when there is no ink.

    Args:
        components: those of the ink, where they are known already.
    """
    components = components or Components.of(ink)
    boxes = components.stats
    wanted = [label for label in range(1, len(boxes)) if boxes[label, 4] >= _LEAST_AREA_PX]
    if not wanted or len(wanted) > _MOST_PIECES:
        return []
    usual = _usual_height(boxes[wanted])
    groups = _join_fragments({label: box_of(boxes[label]) for label in wanted}, usual)
    kept = [box for box in groups if _is_digit_sized(box, usual, components.labels.shape)]
    lines = _into_lines(kept, usual)
    dashes = {box_of(row) for row in boxes[_are_dashes(boxes, usual)]}
    lines = [[box for box in line if box not in dashes] or line for line in lines]
    return [Piece(box, number) for number, line in enumerate(lines) for box in line]


def _usual_height(rows: NDArray[np.int32]) -> float:
    """The height of the component in which the middle pixel of all ink lies, dashes left out."""
    others = rows[~_are_dashes(rows, np.inf)]
    if not len(others):
        return _middle_height(rows)
    return _middle_height(rows[~_are_dashes(rows, _middle_height(others))])


def _are_dashes(rows: NDArray[np.int32], usual: float) -> NDArray[np.bool_]:
    """Which components are long, low against the usual height, and full of ink."""
    width, height, area = rows[:, 2], rows[:, 3], rows[:, 4]
    # Digits that touch are wide, too, but there is paper between their strokes.
    is_full = area > _FULL * width * height
    return (width > _FLAT * height) & (height < _FRAGMENT_HEIGHT * usual) & is_full


def _middle_height(rows: NDArray[np.int32]) -> float:
    order = np.argsort(rows[:, 3])
    share = np.cumsum(rows[order, 4]) / rows[:, 4].sum()
    return float(rows[order, 3][np.searchsorted(share, 0.5)])


def _join_fragments(components: dict[int, Box], usual: float) -> list[Box]:
    """Give every fragment to the digit that it belongs to, the smallest fragments first."""
    groups = dict(components)
    for label in sorted(components, key=lambda label: components[label][3]):
        box = groups[label]
        if box[3] >= _FRAGMENT_HEIGHT * usual:
            break
        owner = _owner_of(label, box, groups, usual)
        if owner is not None:
            groups[owner] = union(box, groups[owner])
            del groups[label]
    return list(groups.values())


def _owner_of(label: int, box: Box, groups: dict[int, Box], usual: float) -> int | None:
    best, best_overlap = None, 0.0
    for other_label, other in groups.items():
        if other_label == label:
            continue
        overlap = (min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0])) / box[2]
        gap = max(box[1], other[1]) - min(box[1] + box[3], other[1] + other[3])
        height = union(box, other)[3]
        fits = overlap >= _FRAGMENT_OVERLAP and gap <= _FRAGMENT_GAP * usual
        if fits and overlap > best_overlap and height <= 1.35 * usual:
            best, best_overlap = other_label, overlap
    return best


def _is_digit_sized(box: Box, usual: float, shape: tuple[int, ...]) -> bool:
    x, y, width, height = box
    if height < _LEAST_HEIGHT * usual:
        return False
    # What is left of a ruling, and the paper's edge: flat or slim, along the picture's edge.
    at_side = x == 0 or x + width == shape[1]
    at_top_or_bottom = y == 0 or y + height == shape[0]
    flat = height < 0.2 * width and height < 0.25 * shape[0]
    slim_and_tall = width < 0.2 * height and height > 1.3 * usual
    # A corner of the sheet, a shadow, a thing beside it.
    is_edge = min(width, height) > _HUGE * usual and reaches_edge(box, shape)
    return not ((at_top_or_bottom and flat) or (at_side and slim_and_tall) or is_edge)


def _into_lines(boxes: list[Box], usual: float) -> list[list[Box]]:
    """Chain boxes from left to right; each continues the line whose last boxes are level with it.

    Level is meant along the slope that most of the writing has.
    """
    slope = _common_slope(boxes, usual)

    def level(box: Box) -> float:
        return box[1] + box[3] / 2 - slope * (box[0] + box[2] / 2)

    def off(line: list[Box], box: Box) -> float:
        return min(abs(level(last) - level(box)) for last in line[-_LAST_OF_LINE:])

    lines: list[list[Box]] = []
    for box in sorted(boxes):
        line = min(lines, key=lambda line: off(line, box), default=[])
        if line and off(line, box) <= _LINE_DRIFT * usual:
            line.append(box)
        else:
            lines.append([box])
    return sorted(lines, key=lambda line: float(np.mean([level(box) for box in line])))


def _common_slope(boxes: list[Box], usual: float) -> float:
    """Rows per column, the median over each box and its nearest neighbour to the right."""
    middles = np.array([(x + width / 2, y + height / 2) for x, y, width, height in boxes])
    slopes = []
    for x, y in middles:
        right, down = middles[:, 0] - x, middles[:, 1] - y
        # What stands beside counts as nearer than what stands below.
        distance = np.where(right > 0.2 * usual, np.hypot(right, 2 * down), np.inf)
        nearest = int(distance.argmin())
        if distance[nearest] <= _NEIGHBOUR * usual:
            slopes.append(down[nearest] / right[nearest])
    if len(slopes) < _LEAST_SLOPES:
        return 0.0
    return float(np.clip(np.median(slopes), -_MOST_SLOPE, _MOST_SLOPE))
