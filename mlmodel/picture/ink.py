"""The ink of a picture, with uneven light, polarity and noise taken out."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.picture.paper import only_sheet
from mlmodel.picture.shadows import without_shadows

# Larger pictures are shrunk until their longer side is this long: digits on a full page are still
# 20 pixels high or more.
WORKING_SIDE_PX = 1600
# A picture whose longer side is shorter than the first is enlarged to the second: a stroke is less
# than a pixel wide there. Larger ones are read as well as they are.
_TINY_SIDE_PX, _ENLARGED_PX = 16, 48
# The background varies slowly, so it is estimated on a picture this small.
_BACKGROUND_SIDE_PX = 128
# Lamps and lenses darken a picture smoothly: a polynomial of this degree follows them within
# a few grey levels.
_LIGHT_DEGREE = 3
# In a strip, writing fills most of the height, and a bent surface would follow the writing:
# there the degree is lower.
_STRIP_ASPECT = 2
_LIGHT_DEGREE_OF_STRIP = 1
# The polynomial is fitted to this many samples along the longer side, in this many rounds.
_LIGHT_SAMPLES = 32
_LIGHT_ROUNDS = 8
# Ink must differ from its background by at least this many grey levels (of 255). Pencil on
# grey paper differs by 25 and more; JPEG blocks and paper texture stay below 10.
_MIN_CONTRAST = 14.0
# A picture that no camera took (a drawing, a screenshot) has no more noise than this, in grey
# levels, and its ink may be paler.
_GRAINLESS = 0.05
_MIN_CONTRAST_GRAINLESS = 3.0
# Ink must also stand out from the background's own noise by this many standard deviations.
_MIN_NOISE_RATIO = 5.0
# The noise is measured at up to this many pixels along the longer side.
_GRAIN_SAMPLES = 400
# A stroke continues where its contrast is above this share of the threshold (a pen that is
# lifted, pencil).
_FAINT_SHARE = 0.55
# Gaps in strokes are at most this wide, as a share of the height of all ink, which has at most so
# many pieces if it is a few digits.
_GAP, _MOST_BROKEN_PIECES = 0.12, 60
# A stroke's blurred edge belongs to it down to this share of the faintest stroke's contrast.
_EDGE_SHARE = 0.25


@dataclass(frozen=True)
class Ink:
    """The ink of a picture.

    Attributes:
        strength: (height, width) float32 in 0..1; 0 is background, 1 full ink.
        mask: (height, width) bool, True where there is ink.
        contrast: (height, width) float32, grey levels by which a pixel differs from the paper
            around it; ink is positive, whether it is dark or light.
        scale: working pixels per pixel of the picture given; more than 1 for a tiny picture alone.
        grey: (height, width) float32, grey levels 0..255 of the bare picture, inverted where its
            ink is light.
    """

    strength: NDArray[np.float32]
    mask: NDArray[np.bool_]
    contrast: NDArray[np.float32]
    scale: float
    grey: NDArray[np.float32]


def extract_ink(image: NDArray[np.uint8]) -> Ink:
    """Find the ink in a picture, dark on light or light on dark.

    Args:
        image: (height, width) grey or (height, width, 3) RGB, uint8, upright.

    Returns:
        The ink at working size. A picture without ink has an all-False mask.
    """
    grey, scale = _to_working_size(image)
    sheet = only_sheet(grey)
    contrast = _flatten(without_shadows(grey) if sheet is grey else sheet)
    if _skewness(contrast) < 0:  # The few pixels far from the background are the lighter ones.
        contrast, grey = -contrast, 255 - grey
    threshold = _ink_threshold(contrast)
    mask = _with_faint_ends(contrast, threshold)
    if not mask.any():
        return Ink(np.zeros_like(contrast), mask, contrast, scale, grey)
    full = float(np.percentile(contrast[mask], 75))
    edge = _EDGE_SHARE * threshold * _FAINT_SHARE
    near = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    strength = np.where(near, np.clip((contrast - edge) / max(full - edge, 1), 0, 1), 0)
    return Ink(strength.astype(np.float32), mask, contrast, scale, grey)


def with_gaps_closed(ink: Ink) -> Ink | None:
    """The ink with small gaps in its strokes filled, such as a threshold leaves.

    Returns:
        None where that joins nothing, and where the ink is more than a few digits.
    """
    rows = np.flatnonzero(ink.mask.any(axis=1))
    if not rows.size:
        return None
    side = 2 * round(_GAP * (rows[-1] - rows[0] + 1) / 2) + 1
    mask = ink.mask.astype(np.uint8)
    before, _ = cv2.connectedComponents(mask)
    if side < 3 or not 2 < before <= _MOST_BROKEN_PIECES:
        return None
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    closed = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel) > 0)
    after, _ = cv2.connectedComponents(closed.astype(np.uint8))
    if after == before:
        return None
    gaps = closed & ~ink.mask

    def filled(levels: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.where(gaps, np.median(levels[ink.mask]), levels).astype(np.float32)

    levels = filled(ink.strength), filled(ink.contrast), filled(ink.grey)
    return Ink(levels[0], closed, levels[1], ink.scale, levels[2])


def _to_working_size(image: NDArray[np.uint8]) -> tuple[NDArray[np.float32], float]:
    height, width = image.shape[:2]
    scale = min(1.0, WORKING_SIDE_PX / max(height, width))
    if max(height, width) < _TINY_SIDE_PX:
        scale = _ENLARGED_PX / max(height, width)
    while max(image.shape[:2]) >= 2 * WORKING_SIDE_PX:
        image = _halved(image)
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if size != (grey.shape[1], grey.shape[0]):
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        grey = cv2.resize(grey, size, interpolation=way)
    return np.asarray(grey, np.float32), scale


def _halved(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture at half its size, without an odd last row or column.

    Averaging every four pixels takes a tenth of the time of shrinking to any other size.
    """
    height, width = (max(side // 2, 1) for side in image.shape[:2])
    even = image[: 2 * height, : 2 * width]
    return np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _flatten(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Background minus picture: positive where the picture is darker than the paper around."""
    height, width = grey.shape
    shrink = min(1.0, _BACKGROUND_SIDE_PX / max(height, width))
    small_size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = np.asarray(cv2.resize(grey, small_size, interpolation=cv2.INTER_AREA), np.float32)
    # The mirrored margin of a median bends a slope at the picture's edge (20 grey levels under
    # a lamp, more than pencil has), so the slope is taken out first.
    light = _light(small)
    background = light + _local_median(small - light)
    return np.asarray(cv2.resize(background, (width, height)), np.float32) - grey


def _light(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """The smooth surface nearest to most pixels: the light of a lamp, seen through a lens."""
    is_strip = small.shape[1] >= _STRIP_ASPECT * small.shape[0]
    degrees = range((_LIGHT_DEGREE_OF_STRIP if is_strip else _LIGHT_DEGREE) + 1)
    y, x = (np.linspace(-1, 1, side, dtype=np.float32) for side in small.shape)
    powers = [(i, j) for i in degrees for j in degrees if i + j < len(degrees)]
    terms = np.stack([np.outer(y**i, x**j) for i, j in powers], axis=-1)
    step = math.ceil(max(small.shape) / _LIGHT_SAMPLES)
    known = terms[::step, ::step].reshape(-1, len(powers))
    values = small[::step, ::step].reshape(-1)
    surface = np.full_like(values, np.median(values))
    for _ in range(_LIGHT_ROUNDS):
        # Weights of 1/distance minimize the sum of distances, on which ink has little influence.
        weight = 1 / np.sqrt(np.maximum(np.abs(values - surface), 1))
        weighted = known * weight[:, None]
        # OpenCV solves this in one thread; NumPy's matrix product would wake one for each core.
        products = cv2.mulTransposed(weighted, aTa=True)
        sums = np.einsum("nk,n->k", weighted, values * weight)[:, None]
        factors = cv2.solve(products, sums, flags=cv2.DECOMP_SVD)[1].reshape(-1)
        surface = np.einsum("nk,k->n", known, factors)
    return np.asarray(np.einsum("yxk,k->yx", terms, factors), np.float32)


def _local_median(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """The smoothed median around each pixel."""
    # Half of the shorter side is wide enough that strokes stay the minority in the window.
    side = max(3, min(small.shape) // 2 * 2 + 1)
    margin = side // 2
    # OpenCV's wide medians take bytes only.
    least = float(small.min())
    step = max(1.0, float(np.ptp(small)) / 255)
    levels = np.round((small - least) / step).astype(np.uint8)
    padded = cv2.copyMakeBorder(levels, margin, margin, margin, margin, cv2.BORDER_REFLECT)
    median = cv2.medianBlur(padded, side)[margin:-margin, margin:-margin]
    smooth = cv2.GaussianBlur(median.astype(np.float32), (0, 0), side / 6)
    return np.asarray(smooth * step + least, np.float32)


def _skewness(contrast: NDArray[np.float32]) -> float:
    return float(np.mean(contrast * contrast * contrast))


def _with_faint_ends(contrast: NDArray[np.float32], threshold: float) -> NDArray[np.bool_]:
    """Hysteresis: the pixels over the threshold, and fainter ones that are joined to them."""
    weak = contrast > threshold * _FAINT_SHARE
    count, labels = cv2.connectedComponents(weak.astype(np.uint8), connectivity=8)
    has_strong = np.zeros(count, np.bool_)
    has_strong[labels[contrast > threshold]] = True
    has_strong[0] = False
    return np.asarray(has_strong[labels], np.bool_)


def _ink_threshold(contrast: NDArray[np.float32]) -> float:
    """The contrast from which a pixel is ink: between paper and ink (Otsu), and above noise."""
    capped = np.clip(contrast, 0, 255).astype(np.uint8)
    otsu, _ = cv2.threshold(capped, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    noise = _noise(contrast)
    least = _MIN_CONTRAST if noise > _GRAINLESS else _MIN_CONTRAST_GRAINLESS
    return max(float(otsu), least, _MIN_NOISE_RATIO * noise)


def _noise(contrast: NDArray[np.float32]) -> float:
    """The standard deviation of the grain, which a small blur removes, in grey levels."""
    step = math.ceil(max(contrast.shape) / _GRAIN_SAMPLES)
    smooth = cv2.blur(contrast, (3, 3))[::step, ::step]
    # The median ignores strokes. In a normal distribution, 1.4826 times the median absolute
    # deviation is the standard deviation.
    return 1.4826 * float(np.median(np.abs(contrast[::step, ::step] - smooth)))
