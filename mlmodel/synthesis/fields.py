"""Fields: lines of writing, and where the characters stand in them."""

from dataclasses import dataclass, replace
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.synthesis.hands import Hand
from mlmodel.synthesis.shapes import Grey, as_grey, draw_curve
from mlmodel.synthesis.writing import Writer, crop_written
from mlmodel.synthesis.zeros import linked_zeros

# Where characters stand, in digit heights; pairs are ranges.
_SPACE, _SIGN_GAP = (0.3, 1.0), (0.02, 0.3)  # the width of a space, and the gap before a sign
_LEAST_GAP = -0.14  # a digit reaches no farther over the one before it
_PAUSE_SHARE, _PAUSE = 0.03, (0.3, 1.5)  # now and then a digit stands apart for no reason
_SLOPE = 0.03  # standard deviation of a line's slope, in rows per column
_WIDEST_LINKED = 0.6  # hands with wider gaps do not link zeros
# A slash leans this much more than its hand and is this long, so that it differs from a 1.
_SLASH_LEAN, _SLASH_LENGTH = (0.3, 0.6), (1.25, 1.6)


@dataclass(frozen=True)
class Mark:
    """A character on the canvas.

    Attributes:
        grey: (height, width) float32 in 0..1, its ink.
        x, y: its upper left corner in pixels of the canvas.
        character: a digit or a sign; "a" for a letter or what else is none of both; empty for
            strokes that belong to none.
    """

    grey: Grey
    x: int
    y: int
    character: str

    @property
    def box(self) -> tuple[int, int, int, int]:
        """x, y, width, height in pixels of the canvas."""
        height, width = self.grey.shape
        return self.x, self.y, width, height


@dataclass(frozen=True)
class Field:
    """A line of writing.

    Attributes:
        ink: (height, width) float32 in 0..1.
        marks: its characters from left to right, in pixels of `ink`.
    """

    ink: Grey
    marks: tuple[Mark, ...]


def write_field(items: list[int | str], writer: Writer, random: np.random.Generator) -> Field:
    """Write items in one line, as far apart as the hand leaves them.

    Args:
        items: digits as int, " " for a space, "a" for a letter, and other signs.
    """
    hand = writer.hand
    unit = hand.height_px
    marks: list[Mark] = []
    slope = random.normal(0, _SLOPE)
    space = 0.0
    edge: NDArray[np.float64] | None = None  # the right edge of the ink in each row
    reach = round(4 * unit)
    for item, count in _goes(items, hand):
        if item == " ":
            space += unit * random.uniform(*_SPACE)
            continue
        written = _written(item, count, writer, random)
        grey = written.grey
        gap = space + unit * max(hand.gap + random.normal(0, hand.gap_spread), _LEAST_GAP)
        if random.random() < _PAUSE_SHARE:
            gap += unit * random.uniform(*_PAUSE)
        if not isinstance(item, int):
            gap = space + unit * random.uniform(*_SIGN_GAP)
        space = 0.0
        baseline = reach + written.rise * unit + random.normal(0, hand.drift) * unit
        top = round(baseline - grey.shape[0])
        left_edge, right_edge = _edges(grey, top, 2 * reach)
        x = 0 if edge is None else _next_to(edge, left_edge, gap, unit)
        top += round(slope * x)
        marks += [replace(mark, x=x + mark.x, y=top + mark.y) for mark in written.marks]
        left_edge, right_edge = _edges(grey, top, 2 * reach)
        edge = right_edge + x if edge is None else np.maximum(edge, right_edge + x)
    return assemble(marks)


def _goes(items: list[int | str], hand: Hand) -> list[tuple[int | str, int]]:
    """Each item and how often it is written in one go: once, or as a row of linked zeros."""
    if not hand.links_zeros or hand.gap > _WIDEST_LINKED:
        return [(item, 1) for item in items]
    goes: list[tuple[int | str, int]] = []
    for item, same in groupby(items):
        count = len(list(same))
        goes += [(item, count)] if item == 0 else [(item, 1)] * count
    return goes


@dataclass(frozen=True)
class _Written:
    """What is written in one go: a character, or a row of linked zeros.

    Attributes:
        grey: all of its ink.
        marks: its characters, in pixels of `grey`.
        rise: how far below the baseline it ends, in digit heights.
    """

    grey: Grey
    marks: tuple[Mark, ...]
    rise: float


def _written(item: int | str, count: int, writer: Writer, random: np.random.Generator) -> _Written:
    unit = writer.hand.height_px
    if count > 1:
        return _zeros(count, writer.hand, random)
    rise = 0.0
    if isinstance(item, int):
        grey, rise = writer.digit(item), writer.hand.drops[item]
    elif item == "a":
        grey = writer.write(writer.letter(), unit * random.uniform(0.5, 1.2))
    else:
        grey, rise = _sign(item, writer, random)
    return _Written(grey, (Mark(grey, 0, 0, str(item)),), rise)


def _zeros(count: int, hand: Hand, random: np.random.Generator) -> _Written:
    """Linked zeros; the strokes between them belong to no digit."""
    height_px = hand.sizes[0] * hand.height_px
    stroke_px = max(1.0, hand.stroke * hand.height_px)
    grey, boxes = linked_zeros(count, height_px, hand.slant, stroke_px, random)
    zeros = tuple(
        Mark(grey[y : y + height, x : x + width], x, y, "0") for x, y, width, height in boxes
    )
    return _Written(grey, (*zeros, Mark(grey, 0, 0, "")), hand.drops[0])


def _sign(item: str, writer: Writer, random: np.random.Generator) -> tuple[Grey, float]:
    """A point, a comma, a dash or another sign, drawn with the hand's stroke.

    Returns:
        The ink, and how far below the baseline it ends, in digit heights.
    """
    unit = writer.hand.height_px
    stroke = max(1.0, writer.hand.stroke * unit * random.uniform(0.8, 1.4))
    pad = 4 + int(stroke)
    points, rise = _strokes_of(item, writer.hand, random)
    every = np.vstack(points)
    low = every.min(axis=0)
    width, height = np.ceil(every.max(axis=0) - low).astype(int) + 2 * pad
    canvas = np.zeros((height, width), np.uint8)
    for line in points:
        draw_curve(canvas, line - low + pad, stroke)
    return crop_written(as_grey(canvas)), rise


def _strokes_of(
    item: str, hand: Hand, random: np.random.Generator
) -> tuple[list[NDArray[np.float64]], float]:
    """Polylines, (n, 2) in pixels, and how far below the baseline they end, in digit heights."""
    unit = hand.height_px
    jitter = random.normal(0, 0.03 * unit, (2, 2))
    if item == ".":
        return [np.array([[0, 0], [0.03, 0.02]]) * unit], random.uniform(-0.02, 0.12)
    if item in ",'":
        length = random.uniform(0.12, 0.4)
        comma = np.array([[0.12, 0], [0.1, 0.5 * length], [-0.05, length]]) * unit
        return [comma], -0.7 if item == "'" else random.uniform(0.05, 0.25)
    if item in "-*":
        length = random.uniform(0.15, 1.3)
        dash = np.array([[0, 0], [length, random.normal(0, 0.06)]]) * unit + jitter
        return [dash], -random.uniform(0.2, 0.6)
    if item == "=":
        length, apart = random.uniform(0.3, 1.0), random.uniform(0.12, 0.3)
        one = np.array([[0, 0], [length, random.normal(0, 0.06)]]) * unit + jitter
        return [one, one + np.array([0, apart * unit])], -random.uniform(0.1, 0.4)
    if item == "/":
        lean = max(hand.slant, 0) + random.uniform(*_SLASH_LEAN)
        length = random.uniform(*_SLASH_LENGTH)
        slash = np.array([[lean * length, 0], [0, length]])
        return [slash * unit + jitter], random.uniform(0.05, 0.3)
    # "#": two pairs of lines
    lines = [np.array([[i, 0], [i - 0.15, 0.8]]) * unit for i in (0.3, 0.55)]
    lines += [np.array([[0, i], [0.75, i - 0.03]]) * unit for i in (0.28, 0.52)]
    return lines, 0.0


def _edges(grey: Grey, top: int, rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The first and the last inked column in each of `rows` rows; infinite where there is no ink.

    Args:
        top: the row in which the character begins.
    """
    inked = grey > 0.3
    first = np.full(rows, np.inf)
    last = np.full(rows, -np.inf)
    top = min(max(top, 0), rows - 1)
    height = min(grey.shape[0], rows - top)
    some = inked[:height].any(axis=1)
    first[top : top + height][some] = inked[:height].argmax(axis=1)[some]
    last[top : top + height][some] = grey.shape[1] - 1 - inked[:height, ::-1].argmax(axis=1)[some]
    return first, last


def _next_to(edge: NDArray[np.float64], left: NDArray[np.float64], gap: float, unit: float) -> int:
    """The x at which the next character's ink is `gap` pixels from the ink before it.

    Args:
        edge: the right edge of the ink so far, in each row.
        left: the left edge of the character, in each row.
        unit: the usual height of a digit in pixels.
    """
    # Ink up to an eighth of a digit height above or below a row counts in it as well.
    reach = max(1, round(0.12 * unit))
    kernel = np.ones(2 * reach + 1, np.uint8)
    wide = cv2.dilate(np.where(np.isfinite(edge), edge, -1e6).astype(np.float32), kernel)
    distance = left - wide.reshape(-1)
    nearest = float(distance.min())
    furthest = float(edge[np.isfinite(edge)].max())
    if nearest > 1e5:  # no ink beside it, as for a point or a low dash
        return round(furthest + max(gap, 0))
    # It begins at most 0.45 heights left of the ink's right edge: the order must not be lost.
    return max(round(gap - nearest), round(furthest - 0.45 * unit))


def assemble(marks: list[Mark]) -> Field:
    """The field of these characters, cropped to the box around all of them."""
    if not marks:
        return Field(np.zeros((1, 1), np.float32), ())
    left = min(mark.x for mark in marks)
    top = min(mark.y for mark in marks)
    right = max(mark.x + mark.grey.shape[1] for mark in marks)
    bottom = max(mark.y + mark.grey.shape[0] for mark in marks)
    ink = np.zeros((bottom - top, right - left), np.float32)
    moved = tuple(replace(mark, x=mark.x - left, y=mark.y - top) for mark in marks)
    for mark in moved:
        x, y, width, height = mark.box
        part = ink[y : y + height, x : x + width]
        np.maximum(part, mark.grey, out=part)
    return Field(ink, moved)
