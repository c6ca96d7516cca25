"""A line of writing as a strip of one height: the single preprocessing of the line reader."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.normalize import MIN_STROKE_PX, stroke_width
from mlmodel.picture.cutting import Outline
from mlmodel.picture.ink import Ink
from mlmodel.picture.locate import Piece

# Stored in the model card: a network only reads strips that are cut like those of its training.
PREPROCESSING_VERSION = 2
STRIP_HEIGHT_PX = 40
# Digits of usual height are scaled to this; taller ones, and a line that is not quite straight,
# still fit into the strip.
DIGIT_HEIGHT_PX = 24
# Paper kept to the left and right of the outermost ink.
_MARGIN_PX = 10
# A strip's width is a multiple of this, so that the network has to be prepared for few shapes.
WIDTH_STEP_PX = 32
# A line along the longest working side, with digits of 20 pixels, stays below this width.
_MOST_WIDTH_PX = 2048
# The steepest slope of a line, in rows per column; where the fit is steeper, the digits are of
# unequal size.
_MOST_LINE_SLOPE = 0.35
# Slants that are tried, in columns per row: most people's digits lean to the right, some far.
_SLANTS = np.arange(-6, 11) / 10
# Round digits alone gain little at any slant, so a larger slant has to gain more: its score is
# weighted by a normal curve of this standard deviation.
_SLANT_SPREAD = 1.2
# Strips that lean less are read as they are.
_LEAST_SLANT = 0.25
# Ink paler than this share of full ink is a ruling or a background.
_LEAST_INK = 0.4
# This pale grey marks what lies outside the picture: the line of a grid runs into it, whereas a 1
# ends before it.
_OUTSIDE = 0.25


@dataclass(frozen=True)
class Strip:
    """One line of writing, straight and of standard height.

    Attributes:
        pixels: (40, width) float32 in 0..1; 0 is paper, 1 the line's full ink, 0.25 what lies
            outside the picture. Nothing is taken out: rulings, points and dirt are still there.
        to_working: (2, 3) float64, the affine map from pixels of the strip to working pixels.
        slant: columns per row by which it was sheared, so that what leaned to the right is upright.
        line: its number, from 0 at the top.
    """

    pixels: NDArray[np.float32]
    to_working: NDArray[np.float64]
    slant: float
    line: int

    @property
    def scale(self) -> float:
        """Pixels of the strip per working pixel."""
        return 1 / float(np.hypot(*self.to_working[:, 0]))


def cut_strips(ink: Ink, pieces: list[Piece]) -> list[Strip]:
    """A strip for every line that these pieces stand on, from top to bottom."""
    lines: dict[int, list[Piece]] = {}
    for piece in pieces:
        lines.setdefault(piece.line, []).append(piece)
    return [_cut_strip(ink, lines[number], number) for number in sorted(lines)]


def cut_again(ink: Ink, strip: Strip, magnify: float, down_px: float) -> Strip:
    """The same line at another scale.

    Args:
        magnify: the new scale divided by the strip's.
        down_px: rows of the strip from its middle to the line's middle.
    """
    height, width = strip.pixels.shape
    middle = strip.to_working @ ((width - 1) / 2, (height - 1) / 2 + down_px, 1)
    directions = strip.to_working[:, :2] / magnify
    to_working, new_width = _around(middle, directions, width * magnify)
    pixels = _sample(ink, to_working, new_width, strip.scale * magnify)
    return Strip(pixels, to_working, strip.slant, strip.line)


def _in_steps(width: float) -> int:
    return int(np.ceil(width / WIDTH_STEP_PX)) * WIDTH_STEP_PX


def _cut_strip(ink: Ink, pieces: list[Piece], number: int) -> Strip:
    boxes = np.array([piece.box for piece in pieces], np.float64)
    height = _usual_height_in_line(boxes)
    scale = DIGIT_HEIGHT_PX / max(height, 1.0)
    slope, middle = _fit_line(boxes)
    # One pixel along the strip and one down, as vectors in working pixels.
    length = np.hypot(1, slope)
    along = np.array([1, slope]) / length / scale
    down = np.array([-slope, 1]) / length / scale
    left, right = boxes[:, 0].min(), (boxes[:, 0] + boxes[:, 2]).max()
    centre = np.array([(left + right) / 2, middle + slope * (left + right) / 2])
    long = (right - left) * length * scale + 2 * _MARGIN_PX
    to_working, width = _around(centre, np.column_stack([along, down]), long)
    return Strip(_sample(ink, to_working, width, scale), to_working, 0.0, number)


def cut_upright(ink: Ink, strip: Strip) -> Strip | None:
    """The same line sheared until its strokes stand upright; None where they lean little."""
    height, width = strip.pixels.shape
    slant = _estimated_slant(strip.pixels)
    if abs(slant) < _LEAST_SLANT:
        return None
    middle = strip.to_working @ ((width - 1) / 2, (height - 1) / 2, 1)
    directions = strip.to_working[:, :2] @ np.array([(1, -slant), (0, 1)])
    to_working, new_width = _around(middle, directions, width + abs(slant) * DIGIT_HEIGHT_PX)
    pixels = _sample(ink, to_working, new_width, strip.scale)
    return Strip(pixels, to_working, strip.slant + slant, strip.line)


def _around(
    middle: NDArray[np.float64], directions: NDArray[np.float64], long: float
) -> tuple[NDArray[np.float64], int]:
    """The map to working pixels of a strip around this point, and its width, at least `long`.

    Args:
        directions: (2, 2), one pixel along the strip and one down, as columns in working pixels.
    """
    width = min(_in_steps(long), _MOST_WIDTH_PX)
    origin = middle - directions @ ((width - 1) / 2, (STRIP_HEIGHT_PX - 1) / 2)
    return np.column_stack([directions, origin]), width


def _estimated_slant(pixels: NDArray[np.float32]) -> float:
    """The slant of a strip's strokes in columns per row; positive where they lean to the right.

    When the strokes are upright, the fewest columns hold all ink, and the sum of the columns'
    squares is greatest (after Vinciarelli and Luettin, A new normalization technique for cursive
    handwritten words, 2001, who count whole strokes).
    """
    height, width = pixels.shape
    inked = np.where(pixels > _LEAST_INK, pixels, np.float32(0))
    if not inked.any():
        return 0.0
    scores = []
    for slant in _SLANTS:
        to_leaning = np.array([[1, -slant, slant * (height - 1) / 2], [0, 1, 0]])
        upright = cv2.warpAffine(
            inked, to_leaning, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        columns = upright.sum(axis=0)
        scores.append(float(columns @ columns) * math.exp(-((slant / _SLANT_SPREAD) ** 2) / 2))
    return float(_SLANTS[int(np.argmax(scores))])


def _usual_height_in_line(boxes: NDArray[np.float64]) -> float:
    """The median height of a line's pieces, weighted by width, as a wide one is several digits."""
    order = np.argsort(boxes[:, 3])
    # A slim 1 counts as at least half a digit; otherwise a wide dash would decide.
    weight = np.maximum(np.minimum(boxes[order, 2], 4 * boxes[order, 3]), 0.3 * boxes[order, 3])
    share = np.cumsum(weight) / weight.sum()
    return float(boxes[order, 3][np.searchsorted(share, 0.5)])


def _fit_line(boxes: NDArray[np.float64]) -> tuple[float, float]:
    """The slope, and the row at x = 0, of the line through the pieces' middles.

    Theil and Sen's estimator: the median over all pairs, here weighted by their distance, which a
    stray piece does not move.
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
    slope = float(
        np.clip(slopes[order][np.searchsorted(share, 0.5)], -_MOST_LINE_SLOPE, _MOST_LINE_SLOPE)
    )
    return slope, float(np.median(y - slope * x))


def _sample(
    ink: Ink, to_working: NDArray[np.float64], width: int, scale: float
) -> NDArray[np.float32]:
    """The strip's pixels, from a window of the contrast that is first shrunk to its scale."""
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
        borderValue=_OUTSIDE * max(full, 1.0),
    )
    return np.asarray(np.clip(sampled / max(full, 1.0), 0, 1), np.float32)


def _widen_thin_strokes(
    contrast: NDArray[np.float32], mask: NDArray[np.bool_], scale: float
) -> NDArray[np.float32]:
    """The contrast with strokes widened that would fade when scaled down; see `normalize`."""
    if scale >= 0.6 or not mask.any():
        return contrast
    missing = MIN_STROKE_PX / scale - stroke_width(mask.astype(np.float32))
    if missing < 1:
        return contrast
    radius = round(missing / 2 + 0.5)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(contrast, kernel), np.float32)


def outline_in_working(
    strip: Strip, left: float, top: float, right: float, bottom: float
) -> Outline:
    """The outline, in working pixels, of a box that is given in pixels of the strip."""
    corners = np.array([[left, right, right, left], [top, top, bottom, bottom], [1, 1, 1, 1]])
    return np.asarray((strip.to_working @ corners).T, np.float64)
