"""The sheet of paper in a picture that shows a table around it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.picture.shadows import has_writing_beside

# The sheet is searched for in a copy whose longer side is this long.
_SIDE_PX = 160
# A picture longer than this many times its shorter side, or smaller than this, shows no table: in a
# strip, or in a cell cut from a form, the surroundings are a printed line.
_MOST_ASPECT, _LEAST_SIDE_PX = 2.0, 240
# A sheet covers between these shares of the picture; above, there is no table to speak of.
_LEAST_SHARE, _MOST_SHARE = 0.12, 0.92
# The sheet is lighter than its surroundings by at least this many grey levels (of 255).
_LEAST_STEP = 50.0
# Levels at which the sheet may end, as shares of the way from dark to light. Several are tried:
# shadows lie on the sheet, and a table may shine.
_LEVELS = (0.9, 0.75, 0.6, 0.45, 0.3)
# The sheet's outline fills this share of its convex hull, and a polygon with at most this many
# corners fills this share of the hull. Four corners become six when one of them lies outside the
# picture. An ellipse needs eight to be filled as much: a thick 0 is no sheet.
_LEAST_SOLIDITY, _LEAST_POLYGON, _MOST_CORNERS = 0.92, 0.9, 6
# The polygon keeps within this share of the hull's length from the hull.
_POLYGON_TOLERANCE = 0.03
# Within this many pixels to each side of the sheet's edge, the light falls by at least this many
# levels, along at least this share of the edge inside the picture; at the edge of a shadow it
# falls slowly.
_EDGE_PX, _LEAST_FALL, _LEAST_SHARP = 3, 25.0, 0.85
# Writing on the sheet, which is as dark as the table, covers at most this share of it.
_MOST_WRITTEN = 0.12
# A median over a window this wide removes all writing.
_WRITING_PX = 9
# Width of the sheet's edge with its shadow, as a share of the picture's longer side.
_EDGE = 0.02


@dataclass(frozen=True)
class _Region:
    outline: NDArray[np.int32]
    lit: NDArray[np.uint8]  # 1 on the sheet, writing left out

    @property
    def hull(self) -> NDArray[np.int32]:
        return np.asarray(cv2.convexHull(self.outline), np.int32)


def only_sheet(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture as if it were all sheet, evenly lit: without table, shadows and their edges.

    Args:
        grey: (height, width) float32, grey levels 0..255.

    Returns:
        The same array where no sheet lies on something darker; otherwise a new float32 array of
        the same shape, in which all paper has one grey level.
    """
    height, width = grey.shape
    is_strip = max(height, width) > _MOST_ASPECT * min(height, width)
    if is_strip or min(height, width) < _LEAST_SIDE_PX:
        return grey
    shrink = _SIDE_PX / max(height, width)
    size = round(width * shrink), round(height * shrink)
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)
    region = _sheet_region(small)
    if region is None:
        return grey
    inside = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillConvexPoly(inside, region.hull, 1)
    if has_writing_beside(grey, inside, _EDGE / 2):
        return grey
    margin = 2 * round(_EDGE * max(size)) + 1
    kernel = np.ones((margin, margin), np.uint8)
    inner = np.asarray(cv2.erode(inside, kernel, borderValue=1), np.uint8)
    light = cv2.resize(_light(small, inner), (width, height))
    keep = cv2.resize(inner.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(float(np.median(small[inner > 0])) + keep * (grey - light), np.float32)


def _sheet_region(small: NDArray[np.float32]) -> _Region | None:
    """The largest light region that looks like a sheet; None where no region does."""
    levels = np.clip(small, 0, 255).astype(np.uint8)
    between, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if levels.min() > between or levels.max() <= between:
        return None
    dark = float(np.median(levels[levels <= between]))
    light = float(np.median(levels[levels > between]))
    if light - dark < _LEAST_STEP:
        return None
    regions = [_region_above(levels, dark + share * (light - dark)) for share in _LEVELS]
    sheets = [region for region in regions if region and _is_sheet(region, levels)]
    return max(sheets, key=lambda region: cv2.contourArea(region.hull), default=None)


def _region_above(levels: NDArray[np.uint8], level: float) -> _Region | None:
    """The largest region that is lighter than the level; None where nothing is."""
    above = (levels > level).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(above, connectivity=4)
    areas = np.asarray(stats, np.int32).reshape(-1, 5)[1:, 4]
    if not areas.size:
        return None
    lit = (np.asarray(labels) == 1 + int(areas.argmax())).astype(np.uint8)
    contours, _ = cv2.findContours(lit, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return _Region(np.asarray(max(contours, key=cv2.contourArea), np.int32), lit)


def _is_sheet(region: _Region, levels: NDArray[np.uint8]) -> bool:
    area, hull_area = cv2.contourArea(region.outline), cv2.contourArea(region.hull)
    if not _LEAST_SHARE * region.lit.size <= area <= _MOST_SHARE * region.lit.size:
        return False
    tolerance = _POLYGON_TOLERANCE * cv2.arcLength(region.hull, True)
    polygon = cv2.approxPolyDP(region.hull, tolerance, True)
    return (
        area >= _LEAST_SOLIDITY * hull_area
        and len(polygon) <= _MOST_CORNERS
        and cv2.contourArea(polygon) >= _LEAST_POLYGON * hull_area
        and float(region.lit.sum()) >= (1 - _MOST_WRITTEN) * area
        and _sharp_share(region.hull, levels) >= _LEAST_SHARP
    )


def _sharp_share(hull: NDArray[np.int32], levels: NDArray[np.uint8]) -> float:
    """The share, 0..1, of the hull's length at which the light falls sharply."""
    inside = np.zeros(levels.shape, np.uint8)
    cv2.fillConvexPoly(inside, hull, 1)
    kernel = np.ones((2 * _EDGE_PX + 1, 2 * _EDGE_PX + 1), np.uint8)
    edge = inside - cv2.erode(inside, np.ones((3, 3), np.uint8), borderValue=1)
    # The lightest within reach on the sheet, and the darkest beside it.
    within = cv2.dilate(levels * inside, kernel)
    beside = cv2.erode(np.where(inside > 0, 255, levels).astype(np.uint8), kernel)
    fall = within[edge > 0].astype(np.float32) - beside[edge > 0]
    return float((fall >= _LEAST_FALL).mean()) if fall.size else 0.0


def _light(small: NDArray[np.float32], known: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The light on the sheet without writing; where unknown, that of the nearest known pixel."""
    levels = cv2.medianBlur(np.clip(small, 0, 255).astype(np.uint8), _WRITING_PX)
    _, nearest = cv2.distanceTransformWithLabels(
        1 - known, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    light_of = np.zeros(int(nearest.max()) + 1, np.float32)
    light_of[nearest[known > 0]] = levels[known > 0]
    return np.asarray(cv2.GaussianBlur(light_of[nearest], (0, 0), _WRITING_PX), np.float32)
