"""Pieces of ink, each one digit or several that touch, line by line in reading order."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.picture.boxes import Box, box_of, reaches_edge, union
from mlmodel.picture.ink import Ink
from mlmodel.picture.rulings import are_borders, remove_rulings

# Shares are of the usual digit height in the picture, unless they name something else.
# Ink less high than this may be a fragment of a digit (the flag of a 5, a broken stroke).
_FRAGMENT_HEIGHT = 0.65
# A fragment belongs to a digit that it overlaps sideways by this share of its own width or more ...
_FRAGMENT_OVERLAP = 0.4
# ... and whose vertical distance from it is at most this.
_FRAGMENT_GAP = 0.3
# A dash is more than this many times as wide as high, and its ink covers more than this share of
# its box.
_FLAT, _FULL = 2.0, 0.45
# A piece less high than this, with its fragments, is a point, a comma, a dash or dirt.
_LEAST_HEIGHT = 0.36
# A piece that reaches the picture's edge and is both wider and higher than this is no digit.
_HUGE = 2.2
# The next box of a line is at most this much higher or lower than one of the line's last two
# boxes: lines drift, and a small digit stands high or low beside tall ones.
_LINE_DRIFT, _LAST_OF_LINE = 0.9, 2
# A neighbour is at most this far away.
_NEIGHBOUR = 4.0
# At least this many neighbours show how the writing slopes, by at most this many rows per column.
_LEAST_SLOPES, _MOST_PICTURE_SLOPE = 3, 0.35
# A component of fewer pixels is dust, whatever the rest looks like.
LEAST_AREA_PX = 6
# More components than this are a texture, not writing.
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
        labels: (height, width) int32, the number of each pixel's component; 0 where there is none.
        stats: (n, 5) int32, x, y, width, height and area in pixels; row i is component i's.
    """

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]

    @classmethod
    def of(cls, ink: Ink) -> "Components":
        """Find the connected ink; the rows of rulings and grid lines in `stats` are zero."""
        mask = remove_rulings(ink.mask).astype(np.uint8)
        # Works on blocks of four pixels (Grana et al., 2010): on a page, this takes half of the
        # default's 13 ms.
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
    """Find the pieces in reading order: lines from top to bottom, each from left to right.

    Points, commas, dashes, rulings and dirt are left out. The list is empty when there is no ink,
    and when the ink is a texture.

    Args:
        components: those of the ink, if they have been found already.
    """
    components = components or Components.of(ink)
    boxes = components.stats
    wanted = [label for label in range(1, len(boxes)) if boxes[label, 4] >= LEAST_AREA_PX]
    if not wanted or len(wanted) > _MOST_PIECES:
        return []
    usual = _usual_height_in_picture(boxes[wanted])
    groups = _join_fragments({label: box_of(boxes[label]) for label in wanted}, usual)
    kept = [box for box in groups if _is_digit_sized(box, usual, components.labels.shape)]
    lines = _into_lines(kept, usual)
    dashes = {box_of(row) for row in boxes[_are_dashes(boxes, usual)]}
    lines = [[box for box in line if box not in dashes] or line for line in lines]
    return [Piece(box, number) for number, line in enumerate(lines) for box in line]


def _usual_height_in_picture(rows: NDArray[np.int32]) -> float:
    """The median height of the components, weighted by their ink, without dashes."""
    others = rows[~_are_dashes(rows, np.inf)]
    if not len(others):
        return _middle_height(rows)
    return _middle_height(rows[~_are_dashes(rows, _middle_height(others))])


def _are_dashes(rows: NDArray[np.int32], usual: float) -> NDArray[np.bool_]:
    """Which components are long, flat compared with the usual height, and full of ink."""
    width, height, area = rows[:, 2], rows[:, 3], rows[:, 4]
    # Digits that touch are wide, too, but there is paper between their strokes.
    is_full = area > _FULL * width * height
    return (width > _FLAT * height) & (height < _FRAGMENT_HEIGHT * usual) & is_full


def _middle_height(rows: NDArray[np.int32]) -> float:
    """The median height of the components, weighted by their ink."""
    order = np.argsort(rows[:, 3])
    share = np.cumsum(rows[order, 4]) / rows[:, 4].sum()
    return float(rows[order, 3][np.searchsorted(share, 0.5)])


def _join_fragments(components: dict[int, Box], usual: float) -> list[Box]:
    """Join every fragment to the digit that it belongs to, in order of height."""
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
    # Remains of a ruling, and the paper's edge, are flat or slim and lie along the picture's edge.
    at_side = x == 0 or x + width == shape[1]
    at_top_or_bottom = y == 0 or y + height == shape[0]
    flat = height < 0.2 * width and height < 0.25 * shape[0]
    slim_and_tall = width < 0.2 * height and height > 1.3 * usual
    # A corner of the sheet, a shadow, or an object beside the sheet.
    is_edge = min(width, height) > _HUGE * usual and reaches_edge(box, shape)
    return not ((at_top_or_bottom and flat) or (at_side and slim_and_tall) or is_edge)


def _into_lines(boxes: list[Box], usual: float) -> list[list[Box]]:
    """Chain boxes from left to right; each continues the line whose last boxes are level with it.

    Levels are measured along the slope that most of the writing has.
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
    """The median slope, in rows per column, from each box to its nearest neighbour on the right."""
    middles = np.array([(x + width / 2, y + height / 2) for x, y, width, height in boxes])
    slopes = []
    for x, y in middles:
        right, down = middles[:, 0] - x, middles[:, 1] - y
        # A box beside counts as nearer than a box below.
        distance = np.where(right > 0.2 * usual, np.hypot(right, 2 * down), np.inf)
        nearest = int(distance.argmin())
        if distance[nearest] <= _NEIGHBOUR * usual:
            slopes.append(down[nearest] / right[nearest])
    if len(slopes) < _LEAST_SLOPES:
        return 0.0
    return float(np.clip(np.median(slopes), -_MOST_PICTURE_SLOPE, _MOST_PICTURE_SLOPE))
