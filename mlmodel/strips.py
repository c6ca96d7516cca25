"""A line of writing as a strip of one height: the single preprocessing of the line reader."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.ink import Ink
from mlmodel.locate import Box, Piece
from mlmodel.normalize import MIN_STROKE_PX, stroke_width

# Written into the model card: a network only serves the strips it was trained with.
PREPROCESSING_VERSION = 1
STRIP_HEIGHT_PX = 40
# Digits of usual height are scaled to this; taller ones, and a line that is not quite straight,
# still fit into the strip.
DIGIT_HEIGHT_PX = 24
# What is to the left and right of the outermost ink belongs to the picture that is read.
_MARGIN_PX = 10
# A strip's width is a multiple of this, so that few shapes are ever prepared for.
WIDTH_STEP_PX = 32
# A line of the longest working side with digits of 20 pixels stays below.
_MOST_WIDTH_PX = 2048
# The most by which a line is taken to slope; beyond that, the digits are of unequal size.
_MOST_SLOPE = 0.35


@dataclass(frozen=True)
class Strip:
    """One line of writing, straight and of standard height.

    Attributes:
        pixels: (40, width) float32 in 0..1; 0 is paper, 1 the line's full ink. Nothing is taken
            out: rulings, points and dirt are still there.
        to_working: (2, 3) float64, the affine map from pixels of the strip to working pixels.
        line: its number, from 0 at the top.
    """

    pixels: NDArray[np.float32]
    to_working: NDArray[np.float64]
    line: int


def cut_strips(ink: Ink, pieces: list[Piece]) -> list[Strip]:
    """A strip for every line that these pieces stand on, from top to bottom."""
    lines: dict[int, list[Piece]] = {}
    for piece in pieces:
        lines.setdefault(piece.line, []).append(piece)
    return [_cut_strip(ink, lines[number], number) for number in sorted(lines)]


def cut_again(ink: Ink, strip: Strip, magnify: float, down_px: float) -> Strip:
    """The same line at another scale.

    Args:
        magnify: the new scale against the strip's.
        down_px: rows of the strip from its middle to the line's middle.
    """
    height, width = strip.pixels.shape
    middle = strip.to_working @ ((width - 1) / 2, (height - 1) / 2 + down_px, 1)
    directions = strip.to_working[:, :2] / magnify
    new_width = min(_in_steps(width * magnify), _MOST_WIDTH_PX)
    origin = middle - directions @ ((new_width - 1) / 2, (height - 1) / 2)
    to_working = np.column_stack([directions, origin])
    scale = 1 / float(np.hypot(*directions[:, 0]))
    return Strip(_sample(ink, to_working, new_width, scale), to_working, strip.line)


def _in_steps(width: float) -> int:
    return int(np.ceil(width / WIDTH_STEP_PX)) * WIDTH_STEP_PX


def _cut_strip(ink: Ink, pieces: list[Piece], number: int) -> Strip:
    boxes = np.array([piece.box for piece in pieces], np.float64)
    height = _usual_height(boxes)
    scale = DIGIT_HEIGHT_PX / max(height, 1.0)
    slope, middle = _fit_line(boxes)
    # Along the line: unit vectors of the strip in working pixels.
    length = np.hypot(1, slope)
    along = np.array([1, slope]) / length / scale
    down = np.array([-slope, 1]) / length / scale
    left, right = boxes[:, 0].min(), (boxes[:, 0] + boxes[:, 2]).max()
    width = min(_in_steps((right - left) * length * scale + 2 * _MARGIN_PX), _MOST_WIDTH_PX)
    origin = np.array([(left + right) / 2, middle + slope * (left + right) / 2])
    origin = origin - along * (width - 1) / 2 - down * (STRIP_HEIGHT_PX - 1) / 2
    to_working = np.column_stack([along, down, origin])
    return Strip(_sample(ink, to_working, width, scale), to_working, number)


def _usual_height(boxes: NDArray[np.float64]) -> float:
    """The median height, each piece counting by its width: several touching digits are many."""
    order = np.argsort(boxes[:, 3])
    # A slim 1 counts as half a digit at least, or a wide dash would decide.
    weight = np.maximum(np.minimum(boxes[order, 2], 4 * boxes[order, 3]), 0.3 * boxes[order, 3])
    share = np.cumsum(weight) / weight.sum()
    return float(boxes[order, 3][np.searchsorted(share, 0.5)])


def _fit_line(boxes: NDArray[np.float64]) -> tuple[float, float]:
    """Slope, and the height at x = 0, of the line through the pieces' middles.

    Theil and Sen's: the median over all pairs, which a stray piece does not move.
    """
    x = boxes[:, 0] + boxes[:, 2] / 2
    y = boxes[:, 1] + boxes[:, 3] / 2
    first, second = np.triu_indices(len(boxes), 1)
    apart = np.abs(x[second] - x[first])
    far = apart > 0.5 * np.median(boxes[:, 3])
    if not far.any():
        return 0.0, float(np.median(y))
    slopes = (y[second] - y[first])[far] / (x[second] - x[first])[far]
    order = np.argsort(slopes)
    share = np.cumsum(apart[far][order]) / apart[far].sum()
    slope = float(np.clip(slopes[order][np.searchsorted(share, 0.5)], -_MOST_SLOPE, _MOST_SLOPE))
    return slope, float(np.median(y - slope * x))


def _sample(
    ink: Ink, to_working: NDArray[np.float64], width: int, scale: float
) -> NDArray[np.float32]:
    """The strip's pixels, from a window of the contrast that is first brought to its scale."""
    corners = to_working @ np.array(
        [[0, width, 0, width], [0, 0, STRIP_HEIGHT_PX, STRIP_HEIGHT_PX], [1, 1, 1, 1]], np.float64
    )
    low = np.maximum(np.floor(corners.min(axis=1)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(corners.max(axis=1)).astype(int) + 3, ink.mask.shape[::-1])
    window = np.s_[low[1] : high[1], low[0] : high[0]]
    contrast, mask = ink.contrast[window], ink.mask[window]
    full = float(np.percentile(contrast[mask], 75)) if mask.any() else 255.0
    contrast = _widen_thin_strokes(contrast, mask, scale)
    if scale < 1:
        size = max(1, round(contrast.shape[1] * scale)), max(1, round(contrast.shape[0] * scale))
        factor = np.array([size[0] / contrast.shape[1], size[1] / contrast.shape[0]])
        contrast = np.asarray(cv2.resize(contrast, size, interpolation=cv2.INTER_AREA), np.float32)
    else:
        factor = np.ones(2)
    # Pixel centres stay where they are: (x + 0.5) * factor - 0.5.
    matrix = to_working.copy()
    matrix[:, 2] = (matrix[:, 2] - low + 0.5) * factor - 0.5
    matrix[:, :2] *= factor[:, None]
    sampled = cv2.warpAffine(
        contrast,
        matrix,
        (width, STRIP_HEIGHT_PX),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderValue=0,
    )
    return np.asarray(np.clip(sampled / max(full, 1.0), 0, 1), np.float32)


def _widen_thin_strokes(
    contrast: NDArray[np.float32], mask: NDArray[np.bool_], scale: float
) -> NDArray[np.float32]:
    """Strokes that would fade when they are scaled down, wider; see `normalize`."""
    if scale >= 0.6 or not mask.any():
        return contrast
    missing = MIN_STROKE_PX / scale - stroke_width(mask.astype(np.float32))
    if missing < 1:
        return contrast
    radius = round(missing / 2 + 0.5)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(contrast, kernel), np.float32)


def box_in_working(strip: Strip, left: float, top: float, right: float, bottom: float) -> Box:
    """A box in pixels of the strip as x, y, width, height in working pixels around it."""
    corners = strip.to_working @ np.array(
        [[left, right, left, right], [top, top, bottom, bottom], [1, 1, 1, 1]], np.float64
    )
    x, y = np.floor(corners.min(axis=1)).astype(int)
    right_px, bottom_px = np.ceil(corners.max(axis=1)).astype(int)
    return int(x), int(y), int(max(right_px - x, 1)), int(max(bottom_px - y, 1))
