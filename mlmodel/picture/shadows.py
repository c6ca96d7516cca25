"""Shadows with an edge that lie on a part of the paper: of a hand, a phone or a window frame."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Light and ink are told apart in a copy whose longer side is this long.
_SIDE_PX = 480
# A closing this wide, as a share of the picture's longer side, removes all writing, and leaves the
# edges of shadows where they are.
_CLOSING = 0.06
# Ink reflects at most this share of the light that the paper around it does. On one sheet, ink is
# of the same kind if it is at least this share as dark against its paper as other ink.
_MOST_REFLECTED, _SAME_KIND = 0.8, 0.6
# Pieces of writing are this high, as shares of the picture's longer side.
_LEAST_HEIGHT, _MOST_HEIGHT = 0.03, 0.6
# Fewer pixels than this are dust, and more than this share of the paper is no writing.
_LEAST_PIECE_PX, _MOST_WRITTEN = 12, 0.12
# The paper in a shadow is as smooth as that in the light: its grain is at most this many times as
# strong, or this many grey levels.
_MOST_GRAIN, _SMOOTH = 1.6, 4.0
# A lamp's light is a surface of this degree. In a shadow with an edge, the light differs from any
# such surface by this share, at this share of the picture at least.
_DEGREE, _LEAST_OFF, _LEAST_SHADE = 3, 0.06, 0.1
_GRID = 32  # points along each side at which the surface is fitted
# A shadow is wide: at least this share of it is left by an opening twice as wide as the closing.
_LEAST_WIDE = 0.6
# Its light is at least this share of that beside it: a blackboard's is less.
_DARKEST = 0.2
# In a shadow, at most this share of the picture is a ridge of light, such as a corner's tip.
_MOST_RIDGES = 0.02
# A picture whose shorter side is shorter is a cell or a line that was cut out.
_LEAST_SIDE_PX = 240


def without_shadows(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture evenly lit, if a shadow with an edge lies on it.

    Args:
        grey: (height, width) float32, grey levels 0..255.

    Returns:
        The same array where there is no such shadow.
    """
    if min(grey.shape) < _LEAST_SIDE_PX:
        return grey
    paper = _Paper.of(grey)
    everywhere = np.ones(paper.light.shape, np.bool_)
    light = paper.light
    is_shadow = _has_edge(light) and _is_wide_shade(light) and not _has_light_strokes(light)
    if not is_shadow or not paper.has_writing(everywhere):
        return grey
    return evenly_lit(grey)


def evenly_lit(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture with the light of each pixel's paper brought to one level."""
    light = _light(grey)
    return np.asarray(grey / np.maximum(light, 1) * float(np.median(light)), np.float32)


def has_writing_beside(grey: NDArray[np.float32], sheet: NDArray[np.uint8], margin: float) -> bool:
    """Whether beside what looks like a sheet there is ink as on it, on paper that is as smooth.

    Then it is no sheet on a table, but the part of a sheet that is not in a shadow.

    Args:
        grey: (height, width) float32, grey levels 0..255.
        sheet: 1 on the sheet, in a copy of the picture.
        margin: that is left out to both sides of its edge, as a share of the longer side.
    """
    paper = _Paper.of(grey)
    height, width = paper.light.shape
    on = cv2.resize(sheet, (width, height), interpolation=cv2.INTER_NEAREST)
    kernel = np.ones((2 * round(margin * max(height, width)) + 1,) * 2, np.uint8)
    inside = cv2.erode(on, kernel, borderValue=1) > 0
    beside = cv2.dilate(on, kernel) == 0
    return paper.is_as_smooth(inside, beside) and paper.has_writing(beside, as_in=inside)


@dataclass(frozen=True)
class _Paper:
    """A small copy of a picture as light on paper and what the paper reflects of it.

    Attributes:
        light: (height, width) float32 in 0..255.
        reflected: (height, width) float32 in 0..1; 1 is bare paper.
    """

    light: NDArray[np.float32]
    reflected: NDArray[np.float32]

    @classmethod
    def of(cls, grey: NDArray[np.float32]) -> "_Paper":
        shrink = min(1.0, _SIDE_PX / max(grey.shape))
        size = max(1, round(grey.shape[1] * shrink)), max(1, round(grey.shape[0] * shrink))
        copy = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)
        light = _light(copy)
        return cls(light, np.asarray(copy / np.maximum(light, 1), np.float32))

    def is_as_smooth(self, known: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
        """Whether the other part of the paper has no more grain than the known one."""
        bare = self.reflected > _MOST_REFLECTED
        if not (known & bare).any() or not (other & bare).any():
            return False
        grain = self.light * (1 - self.reflected)
        grains = [float(np.mean(grain[part & bare])) for part in (known, other)]
        return grains[1] <= max(_MOST_GRAIN * grains[0], _SMOOTH)

    def has_writing(self, where: NDArray[np.bool_], as_in: NDArray[np.bool_] | None = None) -> bool:
        """Whether there are pieces of ink in a part of the paper, of the kind of those elsewhere.

        Args:
            as_in: where that kind is seen; None for ink of any kind.
        """
        ink = self.reflected <= _MOST_REFLECTED
        known = ink & as_in if as_in is not None else np.zeros_like(ink)
        if known.any():
            usual = float(np.median(self.reflected[known]))
            ink = self.reflected <= 1 - _SAME_KIND * (1 - usual)
        heights = _piece_heights(ink, where) / max(where.shape)
        is_little = (ink & where).sum() <= _MOST_WRITTEN * max(where.sum(), 1)
        fits = (heights >= _LEAST_HEIGHT) & (heights <= _MOST_HEIGHT)
        return bool(is_little and fits.any())


def _light(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """The light of each pixel's paper: the picture after a closing that removes writing."""
    side = 2 * round(_CLOSING * max(grey.shape) / 2) + 1
    levels = np.clip(grey, 0, 255).astype(np.uint8)
    closed = cv2.morphologyEx(levels, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    return np.asarray(closed, np.float32)


def _piece_heights(ink: NDArray[np.bool_], where: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The heights of the pieces of ink that lie wholly in a part of the picture."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    rows = np.asarray(stats, np.int32)
    is_whole = rows[:, 4] >= _LEAST_PIECE_PX
    is_whole[np.unique(np.asarray(labels)[~where])] = False
    is_whole[0] = False
    return np.asarray(rows[is_whole, 3])


def _has_edge(light: NDArray[np.float32]) -> bool:
    """Whether the light is none that a lamp gives."""
    grid = np.asarray(cv2.resize(light, (_GRID, _GRID), interpolation=cv2.INTER_AREA), np.float32)
    y, x = np.mgrid[-1 : 1 : _GRID * 1j, -1 : 1 : _GRID * 1j].astype(np.float32)
    degrees = range(_DEGREE + 1)
    terms = [y**i * x**j for i in degrees for j in degrees if i + j <= _DEGREE]
    known = np.stack([term.reshape(-1) for term in terms], axis=1)
    # OpenCV solves this in one thread; NumPy's matrix product would wake one for each core.
    products = cv2.mulTransposed(known, aTa=True)
    sums = np.einsum("nk,n->k", known, grid.reshape(-1))[:, np.newaxis]
    factors = cv2.solve(products, sums, flags=cv2.DECOMP_SVD)[1].reshape(-1)
    surface = np.einsum("nk,k->n", known, factors).reshape(grid.shape)
    off = np.abs(grid - surface) / np.maximum(grid, 1)
    return float((off >= _LEAST_OFF).mean()) >= _LEAST_SHADE


def _is_wide_shade(light: NDArray[np.float32]) -> bool:
    """Whether the dark and the lit part are both wider than strokes, and the dark one not black."""
    levels = light.astype(np.uint8)
    between, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    dark = (levels <= between).astype(np.uint8)
    if dark.all() or not dark.any():
        return False
    shade = float(np.median(levels[dark > 0])) / float(np.median(levels[dark == 0]))
    return shade >= _DARKEST and _is_wide(dark) and _is_wide(1 - dark)


def _has_light_strokes(light: NDArray[np.float32]) -> bool:
    """Whether writing is lighter than its ground: then a closing leaves it in the light."""
    side = 2 * round(_CLOSING * max(light.shape) / 4) + 1
    levels = light.astype(np.uint8)
    opened = cv2.morphologyEx(levels, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    is_ridge = opened < _MOST_REFLECTED * light
    return float(is_ridge.mean()) > _MOST_RIDGES


def _is_wide(part: NDArray[np.uint8]) -> bool:
    side = 2 * round(_CLOSING * max(part.shape)) + 1
    kernel = np.ones((side, side), np.uint8)
    # What reaches the picture's edge goes on beyond it.
    kept = cv2.dilate(cv2.erode(part, kernel, borderValue=1), kernel)
    return float(np.minimum(kept, part).sum()) >= _LEAST_WIDE * float(part.sum())
