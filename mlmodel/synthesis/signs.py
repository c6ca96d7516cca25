"""Made-up signs that are built like letters: a few plain strokes that meet."""

import numpy as np
from numpy.typing import NDArray

from mlmodel.synthesis.shapes import Shape, as_grey, crop_to_ink, describe, draw_curve

_SIDE_PX, _MARGIN_PX = 64, 40
# Strokes begin and end near these shares of the width and of the height.
_COLUMNS, _ROWS = (0.0, 0.5, 1.0), (0.0, 0.33, 0.67, 1.0)
# With fewer strokes, many signs would be a 1, a 7 or a 0.
_LEAST_STROKES, _MOST_STROKES = 3, 5
# Shares of strokes that begin on an earlier one, that are arcs, and that are rings; the others are
# straight.
_ATTACHED_SHARE, _ARC_SHARE, _RING_SHARE = 0.75, 0.4, 0.12
_UNSTEADY = 0.03  # standard deviation of an end's move, in heights

_Curve = NDArray[np.float64]  # (n, 2), x and y in 0..1


def made_up_sign(random: np.random.Generator) -> Shape:
    """A sign of no script that is built like a letter."""
    curves: list[_Curve] = []
    for _ in range(random.integers(_LEAST_STROKES, _MOST_STROKES + 1)):
        curves.append(_stroke(_beginning(curves, random), random))
    side = _SIDE_PX + 2 * _MARGIN_PX
    canvas = np.zeros((side, side), np.uint8)
    thickness = int(random.integers(2, 8))
    width = random.uniform(0.5, 1.0)
    for curve in curves:
        draw_curve(canvas, curve * (width * _SIDE_PX, _SIDE_PX) + _MARGIN_PX, thickness)
    return describe(crop_to_ink(as_grey(canvas)), None)


def _anchor(random: np.random.Generator) -> _Curve:
    point = np.array([random.choice(_COLUMNS), random.choice(_ROWS)])
    return point + random.normal(0, _UNSTEADY, 2)


def _beginning(curves: list[_Curve], random: np.random.Generator) -> _Curve:
    if not curves or random.random() > _ATTACHED_SHARE:
        return _anchor(random)
    earlier = curves[random.integers(len(curves))]
    return np.asarray(earlier[random.choice([0, len(earlier) // 2, -1])])


def _stroke(start: _Curve, random: np.random.Generator) -> _Curve:
    """A straight line, an arc or a ring that begins at this point."""
    kind = random.random()
    if kind < _RING_SHARE:
        radius = random.uniform(0.1, 0.28)
        angle = random.uniform(0, 2 * np.pi)
        turn = np.linspace(angle, angle + 2 * np.pi, 24)
        ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * radius
        return np.asarray(start + ring - ring[0])
    end = _anchor(random)
    while np.hypot(*(end - start)) < 0.3:
        end = _anchor(random)
    is_arc = kind < _RING_SHARE + _ARC_SHARE
    bulge = random.uniform(0.2, 0.7) * random.choice([-1, 1]) if is_arc else 0.0
    across = np.array([start[1] - end[1], end[0] - start[0]]) * bulge
    along = np.linspace(0, 1, 16)[:, np.newaxis]
    return np.asarray(start + along * (end - start) + 4 * along * (1 - along) * across)
