"""One digit's ink in the MNIST frame: the single preprocessing of training and reading."""

import cv2
import numpy as np
from numpy.typing import NDArray

FRAME_SIDE_PX = 28
# MNIST digits were scaled, aspect kept, into a box of this side, then placed by
# centre of mass in the 28x28 frame (LeCun, Cortes, Burges: the MNIST database).
DIGIT_BOX_PX = 20
# Pen strokes in MNIST are about 2 to 4 pixels wide. A thinner stroke fades when it
# is scaled down (a 3 px pen on a 600 px drawing becomes 0.1 px), so it is widened first.
MIN_STROKE_PX = 1.7
# Stored in the model card: a model only serves the preprocessing it was trained with.
PREPROCESSING_VERSION = 1


def frame_digit(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring one digit into the MNIST frame.

    Args:
        ink: (height, width) float32 in 0..1; 0 is background and 1 full ink. Any size;
            background around the digit does not matter.

    Returns:
        (28, 28) float32 in 0..1: the ink scaled so that its longer side is 20 pixels and
        its centre of mass lies in the middle of the frame. All zero where there is no ink.
    """
    frame = np.zeros((FRAME_SIDE_PX, FRAME_SIDE_PX), np.float32)
    cropped = _crop_to_ink(ink)
    if cropped is None:
        return frame
    digit = _scale_to_box(_widen_thin_stroke(cropped))
    top, left = _place_by_mass(digit)
    height, width = digit.shape
    frame[top : top + height, left : left + width] = digit
    return frame


def frame_digits(inks: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Frame several digits: (n, 28, 28) float32 in 0..1, n may be 0."""
    if not inks:
        return np.zeros((0, FRAME_SIDE_PX, FRAME_SIDE_PX), np.float32)
    return np.stack([frame_digit(ink) for ink in inks])


def _crop_to_ink(ink: NDArray[np.float32]) -> NDArray[np.float32] | None:
    rows = np.flatnonzero(ink.max(axis=1) > 0)
    columns = np.flatnonzero(ink.max(axis=0) > 0)
    if not rows.size:
        return None
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _widen_thin_stroke(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Dilate strokes that would be thinner than MIN_STROKE_PX once scaled down."""
    scale = DIGIT_BOX_PX / max(ink.shape)
    missing = MIN_STROKE_PX / scale - stroke_width(ink)
    if scale >= 1 or missing < 1:
        return ink
    radius = round(missing / 2 + 0.5)
    padded = cv2.copyMakeBorder(ink, radius, radius, radius, radius, cv2.BORDER_CONSTANT)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(padded, kernel), np.float32)


def stroke_width(ink: NDArray[np.float32]) -> float:
    """The mean stroke width in pixels: twice the ink's area over the length of its outline."""
    solid = np.pad((ink > 0.5 * ink.max()).astype(np.int8), 1)
    # Pixel edges overestimate the length of slanted outlines; 4/pi is the mean factor.
    edges = np.abs(np.diff(solid, axis=0)).sum() + np.abs(np.diff(solid, axis=1)).sum()
    return float(2 * solid.sum() / max(edges * np.pi / 4, 1))


def _scale_to_box(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = ink.shape
    scale = DIGIT_BOX_PX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size != (width, height):
        shrinks = scale < 1
        ink = np.asarray(
            cv2.resize(ink, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC),
            np.float32,
        )
    return np.asarray(np.clip(ink / max(float(ink.max()), 1e-6), 0, 1), np.float32)


def _place_by_mass(digit: NDArray[np.float32]) -> tuple[int, int]:
    """The top left corner that brings the centre of mass to the frame's middle."""
    height, width = digit.shape
    mass = float(digit.sum())
    row = float(digit.sum(axis=1) @ np.arange(height)) / mass
    column = float(digit.sum(axis=0) @ np.arange(width)) / mass
    # In MNIST the centre of mass lies within half a pixel of row and column 14 (measured).
    middle = FRAME_SIDE_PX // 2
    top = min(max(round(middle - row), 0), FRAME_SIDE_PX - height)
    left = min(max(round(middle - column), 0), FRAME_SIDE_PX - width)
    return top, left
