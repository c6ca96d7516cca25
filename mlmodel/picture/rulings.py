"""Ruled lines and boxes taken out of the ink without harming strokes."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

# Least length of a run. A tilt of 8 degrees (a camera held askew) leaves runs of 14 pixels in each
# row of a line that is 2 pixels thick; the rough edge of a scan halves them.
_RUN_PX = 7
# Runs in neighbouring rows belong to one ruling across gaps of this width (a pale spot).
_GAP_PX = 15
# A ruling crosses the picture from edge to edge. In a strip, which no digit's stroke can span, it
# is enough that the ruling spans half of the width and reaches one of the edges.
_STRIP_ASPECT = 2
_MIN_SPAN_IN_STRIP = 0.5
# A ruling reaches an edge if it ends within this share of the picture's width from it.
_EDGE_MARGIN = 0.08
# A ruling is at most this share of its length thick; the bar of a 7 that fills the picture is
# thicker.
_MAX_THICKNESS = 1 / 20
# The line of a grid may be thicker, up to this share of the picture along the line, if it lies in
# this outer share of the picture across the line, and the picture's edges cut off its ends.
_MAX_BORDER_THICKNESS, _BORDER_SHARE = 1 / 8, 0.2
# Where it is cut off, this share of its thickness is left; a stroke ends in a tip.
_CUT_OFF_SHARE = 0.7
# There must also be something for it to go around: ink clear of all edges, which spans this share
# of the picture along the line. Along the line, clear means this share away from the edges.
_WITHIN_BORDER, _CLEAR = 0.4, 0.04
# A straight line along a side of the picture fills this share of its box.
_STRAIGHT = 0.6
# A ruling is tilted by at most this many rows per column.
_MAX_TILT = 0.2
# Smaller pictures hold one digit that fills them.
_LEAST_SIDE_PX = 36
# Ink taller than this share of the picture is no ruling (nor the bar of a digit).
_MAX_HEIGHT_SHARE = 0.1
# This share of a ruling's length must be visible and lie on one smooth curve.
_MIN_COVERAGE = 0.5


def remove_rulings(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Take straight lines that cross the picture out of an ink mask.

    A line's pixel is removed only where the ink is no thicker than the line; where a stroke
    crosses, the ink stays, so that the stroke is not cut in two.

    Args:
        mask: (height, width) bool, True where there is ink.

    Returns:
        (height, width) bool, a subset of `mask`.
    """
    if min(mask.shape) < _LEAST_SIDE_PX:
        return mask
    ink = mask.astype(np.uint8)
    horizontal = _horizontal_rulings(ink)
    vertical = _horizontal_rulings(np.asarray(cv2.transpose(ink), np.uint8)).T
    return mask & ~horizontal & ~vertical


def are_borders(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which components are lines of a grid that the picture's edges cut off.

    Args:
        boxes: (n, 5) int32, x, y, width, height and area of each component, as OpenCV returns
            them.
        shape: the picture's height and width.

    Returns:
        (n,) bool.
    """
    height, width = shape[:2]
    if _is_strip((height, width)) or _is_strip((width, height)):
        return np.zeros(len(boxes), np.bool_)
    x, y = boxes[:, [0, 2]], boxes[:, [1, 3]]
    return _run_along(y, x, boxes[:, 4], (height, width)) | _run_along(
        x, y, boxes[:, 4], (width, height)
    )


def _run_along(
    along: NDArray[np.int32],
    across: NDArray[np.int32],
    area: NDArray[np.int32],
    size: tuple[int, int],
) -> NDArray[np.bool_]:
    """Which components run from edge to edge along a side; for the arguments see _goes_around."""
    if not _goes_around(along, across, size):
        return np.zeros(len(area), np.bool_)
    spans = along[:, 1] >= (1 - _CLEAR) * size[0]
    at_side = across.sum(axis=1) <= _BORDER_SHARE * size[1]
    at_side |= across[:, 0] >= (1 - _BORDER_SHARE) * size[1]
    is_slim = across[:, 1] <= _MAX_BORDER_THICKNESS * size[0]
    is_straight = area >= _STRAIGHT * along[:, 1] * across[:, 1]
    return np.asarray(spans & at_side & is_slim & is_straight)


def _horizontal_rulings(ink: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The pixels of nearly horizontal rulings that no stroke crosses."""
    removed = np.zeros(ink.shape, np.bool_)
    # No ruling crosses a column that is blank in every row, and most pages have blank margins.
    every_row = np.asarray(cv2.reduce(ink, 0, cv2.REDUCE_MAX), np.uint8)
    if not _may_cross(_joined(every_row, rows=1), ink.shape):
        return removed
    runs = _thin_runs(ink)
    joined = _joined(runs, rows=3)
    if not _may_cross(joined, ink.shape):
        return removed
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    for label, (x, y, width, height, _area) in enumerate(boxes.reshape(-1, 5)):
        if label == 0 or not _crosses(x, width, height, ink.shape):
            continue
        window = slice(y, y + height), slice(x, x + width)
        rows = _straight_middle((labels[window] == label) & (runs[window] > 0))
        if rows is None:
            continue
        thickness = _line_thickness(ink[window], rows)
        is_thin = thickness <= max(3, width * _MAX_THICKNESS)
        if is_thin or _is_border(ink, x, y + rows, thickness):
            _erase(ink, removed, x, y + rows, thickness)
    return removed


def _thin_runs(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Horizontal runs within ink that is not tall: lines, and the thin bars of digits."""
    tallest = max(4, round(ink.shape[0] * _MAX_HEIGHT_SHARE))
    tall = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((tallest + 1, 1), np.uint8))
    thin = cv2.subtract(ink, tall)
    return np.asarray(cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones((1, _RUN_PX), np.uint8)))


def _joined(runs: NDArray[np.uint8], rows: int) -> NDArray[np.uint8]:
    """The runs, joined across gaps, and across this many rows."""
    kernel = np.ones((rows, _GAP_PX), np.uint8)
    return np.asarray(cv2.morphologyEx(runs, cv2.MORPH_CLOSE, kernel), np.uint8)


def _may_cross(joined: NDArray[np.uint8], shape: tuple[int, ...]) -> bool:
    """Whether the runs leave no column blank where `_crosses` requires one piece.

    On most pages they do leave one blank. Finding the pieces instead would take 10 ms (1600x1200
    pixels); this takes next to nothing.
    """
    inked = np.asarray(joined.any(axis=0))
    margin = math.ceil(_margin(inked.size))
    left = inked[margin : inked.size // 2].all()
    right = inked[math.ceil(inked.size / 2) : inked.size - margin].all()
    return bool(left or right) if _is_strip(shape) else bool(left and right)


def _is_strip(shape: tuple[int, ...]) -> bool:
    return shape[1] >= _STRIP_ASPECT * shape[0]


def _margin(picture_width: int) -> float:
    return max(2.0, _EDGE_MARGIN * picture_width)


def _crosses(x: int, width: int, height: int, shape: tuple[int, ...]) -> bool:
    picture_width = shape[1]
    margin = _margin(picture_width)
    at_left, at_right = x <= margin, x + width >= picture_width - margin
    if _is_strip(shape):
        crosses = width >= _MIN_SPAN_IN_STRIP * picture_width and (at_left or at_right)
    else:
        crosses = at_left and at_right
    return crosses and height <= _MAX_TILT * width + 8


def _straight_middle(piece: NDArray[np.bool_]) -> NDArray[np.int_] | None:
    """The row of the line's middle in each column; None if these runs are not one line."""
    weight = piece.sum(axis=0)
    known = np.flatnonzero(weight)
    if known.size < _MIN_COVERAGE * piece.shape[1]:
        return None
    middle = (piece * np.arange(piece.shape[0])[:, None]).sum(axis=0)[known] / weight[known]
    # Paper bends, so the curve is a parabola; strokes on the line pull at it, so outliers are left
    # out.
    inliers = np.ones(known.size, np.bool_)
    for _ in range(4):
        curve = np.polynomial.Polynomial.fit(known[inliers], middle[inliers], 2)
        distance = np.abs(middle - curve(known))
        inliers = distance <= max(1.0, float(np.median(distance)) * 2)
    if inliers.sum() < _MIN_COVERAGE * piece.shape[1] or np.median(distance) > 1:
        return None
    return np.round(curve(np.arange(piece.shape[1]))).astype(int)


def _is_border(ink: NDArray[np.uint8], x: int, rows: NDArray[np.int_], thickness: int) -> bool:
    """Whether a line belongs to a grid around a digit, by the numbers above."""
    height, width = ink.shape
    if _is_strip(ink.shape) or thickness > _MAX_BORDER_THICKNESS * width:
        return False
    at_side = rows.max() < _BORDER_SHARE * height or rows.min() >= (1 - _BORDER_SHARE) * height
    if not at_side or x > 0 or x + len(rows) < width:
        return False
    ends = (_vertical_run(ink[:, column], int(rows[column])) for column in (0, width - 1))
    if any(bottom - top < _CUT_OFF_SHARE * thickness for top, bottom in ends):
        return False
    _, _, found, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    boxes = np.asarray(found, np.int32)
    # Here, a line along the top or the bottom goes from left to right.
    return _goes_around(boxes[1:, [0, 2]], boxes[1:, [1, 3]], (width, height))


def _goes_around(
    along: NDArray[np.int32], across: NDArray[np.int32], size: tuple[int, int]
) -> bool:
    """Whether some ink stays clear of all edges and is large enough to be a digit.

    Args:
        along, across: (n, 2), where each component begins and how long it is, along a border and
            across it.
        size: of the picture, likewise.
    """
    margin = _CLEAR * size[0]
    is_clear = (along[:, 0] >= margin) & (along.sum(axis=1) <= size[0] - margin)
    is_clear &= (across[:, 0] > 0) & (across.sum(axis=1) < size[1])
    return bool((is_clear & (along[:, 1] >= _WITHIN_BORDER * size[0])).any())


def _line_thickness(ink: NDArray[np.uint8], rows: NDArray[np.int_]) -> int:
    """The vertical extent of the line where no stroke joins it: a low percentile of its runs."""
    lengths = []
    for column in range(0, ink.shape[1], 2):
        top, bottom = _vertical_run(ink[:, column], int(rows[column]))
        if bottom > top:
            lengths.append(bottom - top)
    return round(float(np.percentile(lengths, 40))) if lengths else 1


def _vertical_run(column: NDArray[np.uint8], row: int) -> tuple[int, int]:
    """First and one past last ink row around `row`; empty when there is no ink at it.

    A line's curve may leave the picture: a row outside counts as the nearest one.
    """
    top = bottom = min(max(row, 0), len(column) - 1)
    while top > 0 and column[top - 1]:
        top -= 1
    while bottom < len(column) and column[bottom]:
        bottom += 1
    return top, bottom


def _erase(
    ink: NDArray[np.uint8],
    removed: NDArray[np.bool_],
    x: int,
    rows: NDArray[np.int_],
    thickness: int,
) -> None:
    """Mark the line's pixels where the ink through it is no thicker than the line."""
    for column, row in enumerate(rows, start=x):
        near = min(max(int(row), 0), ink.shape[0] - 1)
        for start in (near, near - 1, near + 1):
            top, bottom = _vertical_run(ink[:, column], start)
            if 0 < bottom - top <= thickness + max(1, thickness // 2):
                removed[top:bottom, column] = True
                break
