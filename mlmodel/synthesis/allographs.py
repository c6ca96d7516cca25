"""Digits drawn stroke by stroke, in the several forms that schools and countries teach.

MNIST was written by two groups of people in one country. Its sevens are seldom crossed, its
ones have no flag, and few of its fours are open. Here each digit has the forms that are common
somewhere; every control point moves at random, so no two drawings are alike.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.synthesis.shapes import Shape, as_grey, crop_to_ink, describe

Stroke = tuple[tuple[float, float], ...]  # control points: x to the right, y down, 0..1
Form = tuple[Stroke, ...]

# Drawn at this height, with room for points that move out.
_HEIGHT_PX, _ROOM_PX = 64, 16
_LEAST_WIDTH, _MOST_WIDTH = 0.42, 0.85
# Standard deviation of a control point's move, in digit heights.
_JITTER = 0.032
_POINTS_A_SPAN = 8

_SEVEN_BAR: Stroke = ((0.06, 0.06), (0.86, 0.03))
_SEVEN_STEM: Stroke = ((0.86, 0.03), (0.55, 0.5), (0.42, 1.0))

FORMS: tuple[tuple[Form, ...], ...] = (
    (  # 0: closed, begun at the right, with a loop at the top
        (
            (
                (0.5, 0.02),
                (0.15, 0.2),
                (0.06, 0.6),
                (0.3, 0.97),
                (0.7, 0.9),
                (0.9, 0.5),
                (0.75, 0.12),
                (0.48, 0.02),
            ),
        ),
        (
            (
                (0.72, 0.1),
                (0.35, 0.04),
                (0.08, 0.4),
                (0.18, 0.88),
                (0.55, 0.98),
                (0.88, 0.6),
                (0.8, 0.2),
                (0.6, 0.05),
            ),
        ),
        (
            (
                (0.4, 0.08),
                (0.1, 0.4),
                (0.25, 0.95),
                (0.75, 0.88),
                (0.85, 0.3),
                (0.5, 0.02),
                (0.35, 0.12),
                (0.65, 0.2),
            ),
        ),
    ),
    (  # 1: a stroke, with a hook, with a long upstroke, with a foot
        (((0.5, 0.0), (0.48, 0.5), (0.46, 1.0)),),
        (((0.2, 0.25), (0.5, 0.0)), ((0.5, 0.0), (0.49, 0.5), (0.48, 1.0))),
        (((0.0, 0.6), (0.3, 0.3), (0.55, 0.0)), ((0.55, 0.0), (0.55, 0.5), (0.54, 1.0))),
        (((-0.1, 0.95), (0.2, 0.5), (0.6, 0.0)), ((0.6, 0.0), (0.6, 0.5), (0.58, 1.0))),
        (
            ((0.2, 0.22), (0.5, 0.0)),
            ((0.5, 0.0), (0.49, 0.5), (0.48, 1.0)),
            ((0.12, 1.0), (0.88, 0.99)),
        ),
    ),
    (  # 2: an angle at the foot, a loop there, a wave, a long tail
        (
            ((0.1, 0.25), (0.35, 0.01), (0.8, 0.12), (0.72, 0.45), (0.06, 0.97)),
            ((0.06, 0.97), (0.5, 0.95), (0.95, 0.97)),
        ),
        (
            (
                (0.1, 0.25),
                (0.38, 0.0),
                (0.8, 0.14),
                (0.65, 0.55),
                (0.22, 0.95),
                (0.08, 0.85),
                (0.28, 0.76),
                (0.6, 0.93),
                (0.98, 0.92),
            ),
        ),
        (
            ((0.1, 0.2), (0.45, 0.0), (0.82, 0.25), (0.5, 0.65), (0.04, 0.98)),
            ((0.04, 0.98), (0.3, 0.86), (0.65, 0.98), (1.0, 0.88)),
        ),
        (
            ((0.05, 0.3), (0.3, 0.02), (0.65, 0.15), (0.5, 0.55), (0.0, 0.95)),
            ((0.0, 0.95), (0.7, 0.9), (1.5, 0.85)),
        ),
    ),
    (  # 3: round, with a flat top
        (
            ((0.1, 0.14), (0.45, 0.0), (0.8, 0.2), (0.62, 0.43), (0.36, 0.48)),
            ((0.36, 0.48), (0.75, 0.54), (0.86, 0.78), (0.5, 1.0), (0.06, 0.88)),
        ),
        (
            ((0.1, 0.03), (0.82, 0.03)),
            ((0.82, 0.03), (0.42, 0.4)),
            ((0.42, 0.4), (0.78, 0.5), (0.85, 0.8), (0.5, 1.0), (0.05, 0.88)),
        ),
        (
            (
                (0.15, 0.1),
                (0.5, 0.0),
                (0.75, 0.2),
                (0.35, 0.5),
                (0.3, 0.46),
                (0.75, 0.6),
                (0.75, 0.9),
                (0.1, 0.95),
            ),
        ),
    ),
    (  # 4: closed, open, round at the left, with a short stem
        (((0.62, 0.0), (0.04, 0.66)), ((0.04, 0.66), (0.96, 0.64)), ((0.62, 0.0), (0.62, 1.0))),
        (((0.15, 0.02), (0.08, 0.55)), ((0.08, 0.55), (0.95, 0.5)), ((0.7, 0.05), (0.62, 1.0))),
        (((0.2, 0.0), (0.06, 0.45), (0.35, 0.6), (0.88, 0.45)), ((0.82, 0.0), (0.66, 1.0))),
        (((0.55, 0.0), (0.08, 0.6)), ((0.08, 0.6), (0.95, 0.55)), ((0.6, 0.35), (0.52, 1.0))),
    ),
    (  # 5: with a bar, in one stroke, with the bar apart
        (
            ((0.2, 0.03), (0.15, 0.45)),
            ((0.15, 0.45), (0.5, 0.36), (0.86, 0.62), (0.62, 0.96), (0.05, 0.92)),
            ((0.2, 0.03), (0.86, 0.02)),
        ),
        (
            (
                (0.86, 0.03),
                (0.32, 0.05),
                (0.16, 0.4),
                (0.6, 0.42),
                (0.85, 0.7),
                (0.55, 1.0),
                (0.05, 0.92),
            ),
        ),
        (
            ((0.22, 0.1), (0.18, 0.48)),
            ((0.18, 0.48), (0.55, 0.4), (0.84, 0.65), (0.55, 0.98), (0.05, 0.9)),
            ((0.34, 0.04), (0.98, -0.04)),
        ),
    ),
    (  # 6: curved, straight
        (
            (
                (0.75, 0.02),
                (0.32, 0.25),
                (0.08, 0.65),
                (0.3, 0.98),
                (0.76, 0.9),
                (0.8, 0.62),
                (0.45, 0.52),
                (0.12, 0.74),
            ),
        ),
        (
            (
                (0.45, 0.0),
                (0.14, 0.55),
                (0.18, 0.9),
                (0.55, 1.0),
                (0.82, 0.8),
                (0.6, 0.6),
                (0.18, 0.74),
            ),
        ),
        (
            (
                (0.6, 0.0),
                (0.15, 0.4),
                (0.06, 0.8),
                (0.4, 1.0),
                (0.7, 0.85),
                (0.6, 0.66),
                (0.2, 0.7),
                (0.1, 0.82),
            ),
        ),
    ),
    (  # 7: plain, crossed in the middle or low, with a serif, with a wave, curved
        (_SEVEN_BAR, _SEVEN_STEM),
        (_SEVEN_BAR, _SEVEN_STEM, ((0.2, 0.52), (0.85, 0.48))),
        (_SEVEN_BAR, _SEVEN_STEM, ((0.05, 0.7), (0.9, 0.62))),
        (((0.04, 0.22), (0.08, 0.04)), _SEVEN_BAR, _SEVEN_STEM),
        (
            ((0.02, 0.18), (0.25, 0.0), (0.55, 0.1), (0.9, 0.0)),
            ((0.9, 0.0), (0.5, 0.5), (0.32, 1.0)),
            ((0.2, 0.56), (0.82, 0.52)),
        ),
        (((0.08, 0.1), (0.5, 0.02), (0.85, 0.08), (0.7, 0.45), (0.5, 1.0)),),
    ),
    (  # 8: in one stroke, begun in the middle, of two circles
        (
            (
                (0.76, 0.14),
                (0.45, 0.0),
                (0.16, 0.18),
                (0.42, 0.46),
                (0.82, 0.74),
                (0.5, 1.0),
                (0.12, 0.8),
                (0.42, 0.5),
                (0.78, 0.25),
                (0.7, 0.08),
            ),
        ),
        (
            (
                (0.5, 0.48),
                (0.2, 0.3),
                (0.32, 0.03),
                (0.7, 0.05),
                (0.78, 0.3),
                (0.48, 0.48),
                (0.1, 0.72),
                (0.3, 1.0),
                (0.75, 0.97),
                (0.86, 0.7),
                (0.5, 0.47),
            ),
        ),
        (
            ((0.5, 0.46), (0.22, 0.25), (0.5, 0.0), (0.78, 0.25), (0.5, 0.46)),
            ((0.5, 0.46), (0.12, 0.72), (0.5, 1.0), (0.88, 0.72), (0.5, 0.46)),
        ),
    ),
    (  # 9: with a straight stem, with a curved tail, with a hook
        (
            ((0.8, 0.2), (0.5, 0.02), (0.12, 0.2), (0.25, 0.5), (0.62, 0.46), (0.82, 0.15)),
            ((0.82, 0.15), (0.79, 0.55), (0.74, 1.0)),
        ),
        (
            ((0.8, 0.22), (0.45, 0.02), (0.12, 0.22), (0.3, 0.5), (0.65, 0.44), (0.82, 0.14)),
            ((0.82, 0.14), (0.86, 0.6), (0.6, 0.96), (0.12, 0.92)),
        ),
        (
            (
                (0.75, 0.1),
                (0.35, 0.05),
                (0.1, 0.3),
                (0.4, 0.5),
                (0.8, 0.25),
                (0.75, 0.7),
                (0.45, 1.0),
            ),
        ),
    ),
)


def draw_digit(value: int, form: int, random: np.random.Generator) -> Shape:
    """The digit in one of its forms (modulo their number), moved at random."""
    forms = FORMS[value]
    width = random.uniform(_LEAST_WIDTH, _MOST_WIDTH)
    canvas = np.zeros((_HEIGHT_PX + 2 * _ROOM_PX, 2 * _HEIGHT_PX + 2 * _ROOM_PX), np.uint8)
    thickness = int(random.integers(3, 9))
    moved: dict[tuple[float, float], NDArray[np.float64]] = {}
    for stroke in forms[form % len(forms)]:
        # Strokes that meet in a point still meet after it has moved.
        for point in stroke:
            if point not in moved:
                scaled = np.array([point[0] * width, point[1]])
                moved[point] = scaled + random.normal(0, _JITTER, 2)
        curve = _smooth(np.array([moved[point] for point in stroke]))
        pixels = np.round((curve * _HEIGHT_PX + _ROOM_PX) * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(canvas, [pixels], False, 255, thickness, cv2.LINE_AA, 4)
    return describe(crop_to_ink(as_grey(canvas)), value)


def _smooth(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A curve through all points (Catmull and Rom, 1974); a straight line through two."""
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
