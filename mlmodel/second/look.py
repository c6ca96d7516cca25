"""A line of a picture as the second reader looks at it: its bare grey levels, paper and all."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.lines.strips import STRIP_HEIGHT_PX, Strip
from mlmodel.picture.ink import Ink

# Stored in the model card: a network only reads looks that are cut like those of its training.
PREPROCESSING_VERSION = 1
HEIGHT_PX = 48
# A strip of the first reader, whose lines it shares, is magnified by this.
MAGNIFIED = HEIGHT_PX / STRIP_HEIGHT_PX
WIDTH_STEP_PX, LEAST_WIDTH_PX = 32, 96
_MOST_WIDTH_PX = 2048
# Kept to each side of the strip, in case that the line's first or last ink was overlooked.
_MARGIN_PX = 12
# A whole picture is looked at with this share of its height, a little more than there is.
_WHOLE = 1.05
# The level of paper, and of what is darkest, are these percentiles of the look.
_PAPER, _DARK = 85, 1
# Faint writing is not made stronger than by this.
_LEAST_SPAN = 40.0


@dataclass(frozen=True)
class Look:
    """A line of writing.

    Attributes:
        pixels: (48, width) float32 in -1..1, 1 is paper and -1 the darkest.
        to_working: (2, 3) float64, the affine map from its pixels to working pixels.
    """

    pixels: NDArray[np.float32]
    to_working: NDArray[np.float64]


def look_along(ink: Ink, strip: Strip) -> Look:
    """The look along a strip, a little longer to both sides."""
    height, width = strip.pixels.shape
    middle = strip.to_working @ ((width - 1) / 2, (height - 1) / 2, 1)
    wide = in_steps(width * MAGNIFIED + 2 * _MARGIN_PX)
    return look_around(ink, middle, strip.to_working[:, :2] / MAGNIFIED, wide)


def look_at_whole(ink: Ink) -> Look:
    """The look at all of a picture, for one that shows little more than a line."""
    height, width = ink.grey.shape
    scale = height * _WHOLE / HEIGHT_PX
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    return look_around(ink, middle, np.eye(2) * scale, in_steps(width / scale))


def in_steps(width: float) -> int:
    """A width in pixels, rounded up to what looks may have."""
    steps = int(np.ceil(width / WIDTH_STEP_PX)) * WIDTH_STEP_PX
    return min(max(steps, LEAST_WIDTH_PX), _MOST_WIDTH_PX)


def look_around(
    ink: Ink, middle: NDArray[np.float64], directions: NDArray[np.float64], width: int
) -> Look:
    """The look around a point.

    Args:
        middle: (2,), x and y in working pixels.
        directions: (2, 2), one pixel along the look and one down, as columns in working pixels.
        width: see in_steps.
    """
    origin = middle - directions @ ((width - 1) / 2, (HEIGHT_PX - 1) / 2)
    to_working = np.column_stack([directions, origin])
    return Look(stretched(_sampled(ink.grey, to_working, width)), to_working)


def stretched(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grey levels, 0..255, with paper at 1 and the darkest at -1, as (height, width) float32."""
    paper, dark = np.percentile(grey, (_PAPER, _DARK))
    span = max(float(paper - dark), _LEAST_SPAN)
    return np.asarray(np.clip(1 - 2 * (paper - grey) / span, -1, 1), np.float32)


def _sampled(
    grey: NDArray[np.float32], to_working: NDArray[np.float64], width: int
) -> NDArray[np.float32]:
    """The pixels of the look; beyond the picture's edge its last ones go on."""
    size = np.array(grey.shape[::-1])
    corners = to_working @ np.array(
        [[0, width, 0, width], [0, 0, HEIGHT_PX, HEIGHT_PX], [1, 1, 1, 1]], np.float64
    )
    low = np.clip(np.floor(corners.min(axis=1)).astype(int) - 2, 0, size - 1)
    high = np.clip(np.ceil(corners.max(axis=1)).astype(int) + 3, low + 1, size)
    window = grey[low[1] : high[1], low[0] : high[0]]
    factor = np.ones(2)
    shrink = 1 / float(np.hypot(*to_working[:, 0]))
    if shrink < 1:  # by area first, so that no pixel is skipped
        small = np.maximum(np.round((high - low) * shrink), 1).astype(int)
        factor = small / (high - low)
        window = np.asarray(cv2.resize(window, small.tolist(), interpolation=cv2.INTER_AREA))
    # Pixel centres stay where they are: (x + 0.5) * factor - 0.5.
    matrix = to_working.copy()
    matrix[:, 2] = (matrix[:, 2] - low + 0.5) * factor - 0.5
    matrix[:, :2] *= factor[:, np.newaxis]
    sampled = cv2.warpAffine(
        window,
        matrix,
        (width, HEIGHT_PX),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(sampled, np.float32)
