"""Digits drawn stroke by stroke, in the several forms that schools and countries teach.

Every control point moves at random, so no two drawings are alike.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mlmodel.synthesis.forms import WRITTEN_FORMS
from mlmodel.synthesis.shapes import Shape, as_grey, crop_to_ink, describe, draw_curve

Stroke = tuple[tuple[float, float], ...]  # control points: x to the right, y down, 0..1
Form = tuple[Stroke, ...]

# Digits are drawn at this height, with room around for points that move out and for long tails.
_HEIGHT_PX, _ROOM_PX = 64, 32
_LEAST_WIDTH, _MOST_WIDTH = 0.42, 0.85  # of the height
_POINTS_A_SPAN = 8  # of the curve, between two control points


def draw_digit(value: int, form: int, unsteady: float, random: np.random.Generator) -> Shape:
    """A digit in one of its forms, with control points moved at random.

    Args:
        value: 0..9.
        form: the number of the form, taken modulo the number of the digit's forms.
        unsteady: standard deviation of a control point's move, in digit heights.
    """
    forms = forms_of(value)
    width = random.uniform(_LEAST_WIDTH, _MOST_WIDTH)
    canvas = np.zeros((_HEIGHT_PX + 2 * _ROOM_PX, 2 * _HEIGHT_PX + 2 * _ROOM_PX), np.uint8)
    thickness = int(random.integers(3, 9))
    moved: dict[tuple[float, float], NDArray[np.float64]] = {}
    for stroke in forms[form % len(forms)]:
        # Strokes that meet in a point still meet after it has moved.
        for point in stroke:
            if point not in moved:
                scaled = np.array([point[0] * width, point[1]])
                moved[point] = scaled + random.normal(0, unsteady, 2)
        curve = smooth_curve(np.array([moved[point] for point in stroke]))
        draw_curve(canvas, curve * _HEIGHT_PX + _ROOM_PX, thickness)
    return describe(crop_to_ink(as_grey(canvas)), value)


@lru_cache(maxsize=10)
def forms_of(value: int) -> tuple[Form, ...]:
    """All forms of a digit, as strokes of control points."""
    return tuple(_parse(form) for form in WRITTEN_FORMS[value])


def _parse(form: str) -> Form:
    return tuple(
        tuple((int(x) / 100, int(y) / 100) for x, y in (point.split(",") for point in part.split()))
        for part in form.split("/")
    )


def smooth_curve(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A curve through all points, (n, 2) (Catmull and Rom, 1974); a straight line through two."""
    if len(points) == 2:
        return points
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, _POINTS_A_SPAN, endpoint=False)[:, None]
    spans = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        spans.append(
            0.5
            * (
                2 * b
                + (c - a) * t
                + (2 * a - 5 * b + 4 * c - d) * t**2
                + (3 * b - a - 3 * c + d) * t**3
            )
        )
    return np.vstack([*spans, points[-1:]])
