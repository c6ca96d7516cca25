"""Paper and what is printed on it: light, texture, rulings, boxes and security patterns."""

import cv2
import numpy as np

from mlmodel.synthesis.shapes import Grey

Size = tuple[int, int]  # height, width

# How papers differ. Shares are of all papers unless a comment says otherwise; pairs are ranges.
_SCREEN_SHARE = 0.2  # drawn on a screen: no light and no texture
_SCREEN_LEVEL, _LEVEL = (225, 255), (90, 250)  # grey levels of screens and of paper
_CLOUDS = 0, 0.12  # standard deviation of the light over a sheet, as a share of the level
_FALL = 0.12  # standard deviation of the light's loss from the middle to an edge, as a share
_TEXTURE_SHARE, _TEXTURE = 0.5, (0, 4)  # and its standard deviation, in grey levels

# Up to which share of papers nothing is printed, or rulings, squares, or a security pattern; the
# rest has rulings on a pattern. Squares were 7 % in place of 4 % when printed strokes that look
# like a 1 were twice as many as ones.
_BLANK, _RULED, _SQUARED, _SECURED = 0.36, 0.60, 0.64, 0.91
# Distances between lines in digit heights: of rulings, of squares, and of rulings on a pattern.
_RULED_APART, _SQUARED_APART, _PATTERN_APART = (1.1, 2.4), (0.5, 1.6), (1.3, 2.0)
_LINE_WIDTH = 0.03, 0.04  # mean and standard deviation, in digit heights; its absolute value counts
_TILT = 0.012  # standard deviation of a line's slope
_SINGLE_SHARE = 0.3  # of rulings are a single line
# Most people write on the ruling: this share of lines, this far above it, as mean and standard
# deviation in digit heights.
_ON_LINE_SHARE, _ABOVE_LINE = 0.75, (0.06, 0.12)


def paper(size: Size, random: np.random.Generator) -> Grey:
    """An empty sheet under some light: (height, width) float32, grey levels 25..255."""
    if random.random() < _SCREEN_SHARE:
        return np.full(size, random.uniform(*_SCREEN_LEVEL), np.float32)
    level = random.uniform(*_LEVEL)
    sheet = np.full(size, level, np.float32)
    sheet += smooth(size, 3, random) * random.uniform(*_CLOUDS) * level
    sheet *= _slope(size, random)
    if random.random() < _TEXTURE_SHARE:
        sheet += smooth(size, max(2, max(size) // 12), random) * random.uniform(*_TEXTURE)
    return np.clip(sheet, 25, 255)


def smooth(size: Size, knots: int, random: np.random.Generator) -> Grey:
    """Smooth random levels with a standard deviation of about one: (height, width) float32.

    Args:
        knots: how many random numbers are spread over each side, from 2 to 60.
    """
    height, width = size
    grid = random.standard_normal((max(2, min(knots, 60)), max(2, min(knots, 60))), np.float32)
    return np.asarray(cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _slope(size: Size, random: np.random.Generator) -> Grey:
    """Light that falls off in one direction, as (height, width) factors in 0.4..1.3."""
    height, width = size
    fall = random.normal(0, _FALL, 2)
    rows = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * fall[0]
    columns = np.linspace(-1, 1, width, dtype=np.float32)[None] * fall[1]
    return np.asarray(np.clip(1 + rows + columns, 0.4, 1.3), np.float32)


def add_shadow(picture: Grey, random: np.random.Generator) -> Grey:
    """The picture with the soft shadow of a hand or a phone over a part of it."""
    height, width = picture.shape
    mask = np.zeros((height, width), np.float32)
    points = random.uniform(-0.5, 1.5, (random.integers(3, 6), 2)) * (width, height)
    cv2.fillPoly(mask, [points.astype(np.int32)], 1.0)
    sigma = random.uniform(0.02, 0.15) * max(height, width)
    small = cv2.resize(mask, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(0.6, sigma / 4))
    depth = random.uniform(0.1, 0.5)
    return np.asarray(picture * (1 - depth * cv2.resize(soft, (width, height))), np.float32)


def print_on(
    sheet: Grey, unit: float, random: np.random.Generator, baseline: float | None = None
) -> Grey:
    """What is printed before somebody writes, as ink: (height, width) float32 in 0..1.

    Args:
        sheet: the sheet, of which only the size matters.
        unit: the usual height of a digit in pixels.
        baseline: the row that the writing stands on, if any; most people write on the ruling.
    """
    size = (sheet.shape[0], sheet.shape[1])
    kind = random.random()
    if kind < _BLANK:
        return np.zeros(size, np.float32)
    if kind < _RULED:
        return _ruled(size, unit * random.uniform(*_RULED_APART), unit, random, baseline)
    if kind < _SQUARED:
        return _squared(size, unit * random.uniform(*_SQUARED_APART), unit, random)
    if kind < _SECURED:
        return _security(size, unit, random)
    return np.maximum(
        _ruled(size, unit * random.uniform(*_PATTERN_APART), unit, random, baseline),
        _security(size, unit, random),
    )


def _line_width(unit: float, random: np.random.Generator) -> int:
    return max(1, round(unit * abs(random.normal(*_LINE_WIDTH))))


def segment(
    canvas: Grey, start: tuple[float, float], end: tuple[float, float], width: int, tone: float
) -> None:
    """Draw a line from (x, y) to (x, y) in place, to a sixteenth of a pixel.

    Args:
        tone: the ink of the line, 0..1.
    """
    ends = [(round(x * 16), round(y * 16)) for x, y in (start, end)]
    cv2.line(canvas, ends[0], ends[1], tone, width, cv2.LINE_AA, 4)


def _ruled(
    size: Size,
    apart: float,
    unit: float,
    random: np.random.Generator,
    baseline: float | None = None,
) -> Grey:
    canvas = np.zeros(size, np.float32)
    height, width = size
    thick, tone = _line_width(unit, random), random.uniform(0.25, 1.0)
    tilt = random.normal(0, _TILT) * width
    row = random.uniform(0, apart)
    single = random.random() < _SINGLE_SHARE
    if baseline is not None and random.random() < _ON_LINE_SHARE:
        row = baseline + unit * random.normal(*_ABOVE_LINE)
        row = row if single else row % apart
    while row < height:
        segment(canvas, (-2, row), (width + 2, row + tilt), thick, tone)
        row += height if single else apart
    return canvas


def _squared(size: Size, apart: float, unit: float, random: np.random.Generator) -> Grey:
    canvas = _ruled(size, apart, unit, random)
    height, width = size
    thick, tone = _line_width(unit, random), max(0.2, float(canvas.max()))
    tilt = random.normal(0, _TILT) * height
    column = random.uniform(0, apart)
    while column < width:
        segment(canvas, (column, -2), (column + tilt, height + 2), thick, tone)
        column += apart
    return canvas


def _security(size: Size, unit: float, random: np.random.Generator) -> Grey:
    """Up to three families of fine waves or rasters of points, as on cheques; ink in 0..0.6."""
    height, width = size
    row, column = np.mgrid[:height, :width].astype(np.float32)
    total = np.zeros(size, np.float32)
    for _ in range(random.integers(1, 4)):
        angle = random.uniform(-np.pi / 2, np.pi / 2) if random.random() < 0.5 else np.pi / 2
        angle += random.normal(0, 0.1)
        apart = max(2.5, unit * random.uniform(0.1, 0.35))
        along = np.cos(angle) * row - np.sin(angle) * column
        across = np.cos(angle) * column + np.sin(angle) * row
        wave = unit * random.uniform(0, 0.5) * np.sin(along / unit * random.uniform(0.3, 2.5))
        phase = (across + wave) / apart * 2 * np.pi
        if random.random() < 0.15:  # points instead of lines
            lines = np.cos(phase) * np.cos(along / apart * 2 * np.pi)
        else:
            lines = np.cos(phase)
        share = random.uniform(-0.2, 0.85)  # the higher this threshold, the thinner the lines
        total = np.maximum(total, np.clip((lines - share) * 2.5, 0, 1) * random.uniform(0.4, 1))
    return np.asarray(total * random.uniform(0.1, 0.6), np.float32)


def frame_around(
    canvas: Grey, box: tuple[float, float, float, float], unit: float, random: np.random.Generator
) -> None:
    """Draw most sides of a box (left, top, right, bottom, in pixels) into printed ink, in place.

    Args:
        unit: the usual height of a digit in pixels.
    """
    left, top, right, bottom = box
    thick = max(1, round(unit * random.uniform(0.015, 0.12)))
    tone = random.uniform(0.4, 1.0)
    skew = random.normal(0, 0.02 * unit, 8)
    corners = [
        (left + skew[0], top + skew[1]),
        (right + skew[2], top + skew[3]),
        (right + skew[4], bottom + skew[5]),
        (left + skew[6], bottom + skew[7]),
    ]
    for i in range(4):
        if random.random() < 0.85:
            segment(canvas, corners[i], corners[(i + 1) % 4], thick, tone)
