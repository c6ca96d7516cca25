"""Fields: what is written in a line, and where its characters stand."""

from dataclasses import dataclass
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.classifier import DIGIT_CLASSES
from mlmodel.synthesis.hands import Hand
from mlmodel.synthesis.shapes import Grey, as_grey, draw_curve, letter
from mlmodel.synthesis.writing import Writer, crop_written
from mlmodel.synthesis.zeros import linked_zeros

# How numbers are grouped: a digit stands for a digit, anything else for itself.
_THOUSANDS = ".", ",", " ", "'"
_ENDINGS = ".-", ",-", ".", "-", "=", ".=", "--", ",", "#", "/-", ".--", "*"
# How often each digit is written. A 1 is a stroke among printed strokes: it is learned hardest.
_SHARES = np.array([1, 2.2, 1, 1, 1, 1, 1, 1, 1, 1]) / 11.2
_SHARES_IN_AMOUNTS = 0.55 * _SHARES + 0.45 * np.eye(DIGIT_CLASSES)[0]
# Now and then the next character stands apart for no reason.
_PAUSE_SHARE = 0.03
# Hands that leave more between digits, in digit heights, write no zeros in one go.
_WIDEST_LINKED = 0.6
# A 1 beside the picture's edge looks like the line of a grid: so many texts end in one, beside
# those that do by chance.
_ONE_AT_END_SHARE = 0.08
_DATES = "00.00.0000", "00/00/00", "00-00-0000", "0.0.00", "00 00 0000"


@dataclass(frozen=True)
class Mark:
    """One character on the canvas: its ink, where it begins, and its value if it is a digit."""

    grey: Grey
    x: int
    y: int
    value: int | None

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


def random_pattern(random: np.random.Generator) -> str:
    """What a line may hold: "0" for a digit, "a" for a letter, the rest for itself."""
    kind = random.random()
    count = int(random.integers(2, 10))
    if kind < 0.15:
        return "0"
    if kind < 0.5:
        return "0" * count
    if kind < 0.75:
        return _amount(random)
    if kind < 0.82:
        return str(random.choice(_DATES))
    if kind < 0.96:  # groups, as in telephone and account numbers
        gap = str(random.choice([" ", "  ", "-", " ", "."]))
        sizes = random.integers(1, 5, random.integers(2, 4))
        return gap.join("0" * int(size) for size in sizes)
    word = "a" * int(random.integers(1, 4))
    return f"{word} {'0' * count}" if random.random() < 0.6 else f"{'0' * count} {word}"


def _amount(random: np.random.Generator) -> str:
    digits = "0" * int(random.integers(1, 8))
    mark = str(random.choice(_THOUSANDS))
    # Threes from the left, turned around below: those that are fewer come first.
    parts = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    text = mark.join(parts)[::-1] if random.random() < 0.75 else digits
    if random.random() < 0.2:
        text += str(random.choice([".00", ",00"]))
    return text + (str(random.choice(_ENDINGS)) if random.random() < 0.6 else "")


def random_digits(pattern: str, random: np.random.Generator) -> list[int | str]:
    """Fill the pattern, now and then with as many zeros as amounts have or with a 1 at the end."""
    shares = _SHARES_IN_AMOUNTS if random.random() < 0.25 else _SHARES
    items: list[int | str] = [
        int(random.choice(DIGIT_CLASSES, p=shares)) if character == "0" else character
        for character in pattern
    ]
    if isinstance(items[-1], int) and random.random() < _ONE_AT_END_SHARE:
        items[-1] = 1
    return items


def write_field(items: list[int | str], writer: Writer, random: np.random.Generator) -> Field:
    """Write the items in one line, each as far from the last as the hand leaves."""
    hand = writer.hand
    unit = hand.height_px
    marks: list[Mark] = []
    slope = random.normal(0, 0.03)
    space = 0.0
    edge: NDArray[np.float64] | None = None  # the right edge of the ink in each row
    reach = round(4 * unit)
    for item, count in _goes(items, hand):
        if item == " ":
            space += unit * random.uniform(0.3, 1.0)
            continue
        written = _written(item, count, writer, random)
        grey = written.grey
        gap = space + unit * max(hand.gap + random.normal(0, hand.gap_spread), -0.14)
        if random.random() < _PAUSE_SHARE:
            gap += unit * random.uniform(0.3, 1.5)
        if not isinstance(item, int):
            gap = space + unit * random.uniform(0.02, 0.3)
        space = 0.0
        baseline = reach + written.rise * unit + random.normal(0, hand.drift) * unit
        top = round(baseline - grey.shape[0])
        left_edge, right_edge = _edges(grey, top, 2 * reach)
        x = 0 if edge is None else _next_to(edge, left_edge, gap, unit)
        top += round(slope * x)
        marks += [Mark(mark.grey, x + mark.x, top + mark.y, mark.value) for mark in written.marks]
        left_edge, right_edge = _edges(grey, top, 2 * reach)
        edge = right_edge + x if edge is None else np.maximum(edge, right_edge + x)
    return assemble(marks)


def _goes(items: list[int | str], hand: Hand) -> list[tuple[int | str, int]]:
    """Items with how many of each are written in one go: rows of zeros, if the hand links them."""
    if not hand.links_zeros or hand.gap > _WIDEST_LINKED:
        return [(item, 1) for item in items]
    goes: list[tuple[int | str, int]] = []
    for item, same in groupby(items):
        count = len(list(same))
        goes += [(item, count)] if item == 0 else [(item, 1)] * count
    return goes


@dataclass(frozen=True)
class _Written:
    """What is written before the pen is moved on.

    Attributes:
        grey: all of its ink.
        marks: its characters, in pixels of `grey`.
        rise: how many digit heights below the baseline it ends.
    """

    grey: Grey
    marks: tuple[Mark, ...]
    rise: float


def _written(item: int | str, count: int, writer: Writer, random: np.random.Generator) -> _Written:
    unit = writer.hand.height_px
    if count > 1:
        return _zeros(count, writer.hand, random)
    rise, value = 0.0, None
    if isinstance(item, int):
        grey, value, rise = writer.digit(item), item, writer.hand.drops[item]
    elif item == "a":
        grey = writer.write(letter(random), unit * random.uniform(0.5, 1.2))
    else:
        grey, rise = _sign(item, writer, random)
    return _Written(grey, (Mark(grey, 0, 0, value),), rise)


def _zeros(count: int, hand: Hand, random: np.random.Generator) -> _Written:
    """Zeros in one go; the strokes between them are no part of any."""
    height_px = hand.sizes[0] * hand.height_px
    stroke_px = max(1.0, hand.stroke * hand.height_px)
    grey, boxes = linked_zeros(count, height_px, hand.slant, stroke_px, random)
    zeros = tuple(
        Mark(grey[y : y + height, x : x + width], x, y, 0) for x, y, width, height in boxes
    )
    return _Written(grey, (*zeros, Mark(grey, 0, 0, None)), hand.drops[0])


def _sign(item: str, writer: Writer, random: np.random.Generator) -> tuple[Grey, float]:
    """Points, commas, dashes and other signs, drawn with the hand's stroke."""
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
    """Polylines in pixels (x, y), and how far below the baseline they end."""
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
    if item == "/":  # longer and more slanted than a 1 of the same hand
        lean, length = max(hand.slant, 0) + random.uniform(0.3, 0.6), random.uniform(1.25, 1.6)
        slash = np.array([[lean * length, 0], [0, length]])
        return [slash * unit + jitter], random.uniform(0.05, 0.3)
    # "#": two pairs of lines
    lines = [np.array([[i, 0], [i - 0.15, 0.8]]) * unit for i in (0.3, 0.55)]
    lines += [np.array([[0, i], [0.75, i - 0.03]]) * unit for i in (0.28, 0.52)]
    return lines, 0.0


def _edges(grey: Grey, top: int, rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The first and last inked column in each of so many rows; infinite where there is none."""
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
    """Where the next character begins so that the ink is `gap` pixels apart."""
    # Ink a little above or below also keeps distance.
    reach = max(1, round(0.12 * unit))
    kernel = np.ones(2 * reach + 1, np.uint8)
    wide = cv2.dilate(np.where(np.isfinite(edge), edge, -1e6).astype(np.float32), kernel)
    distance = left - wide.reshape(-1)
    nearest = float(distance.min())
    furthest = float(edge[np.isfinite(edge)].max())
    if nearest > 1e5:  # nothing beside it: a dash under nothing, a point
        return round(furthest + max(gap, 0))
    # Never so far under its neighbour that the order is lost.
    return max(round(gap - nearest), round(furthest - 0.45 * unit))


def assemble(marks: list[Mark]) -> Field:
    """The field of these characters, cropped to their ink."""
    if not marks:
        return Field(np.zeros((1, 1), np.float32), ())
    left = min(mark.x for mark in marks)
    top = min(mark.y for mark in marks)
    right = max(mark.x + mark.grey.shape[1] for mark in marks)
    bottom = max(mark.y + mark.grey.shape[0] for mark in marks)
    ink = np.zeros((bottom - top, right - left), np.float32)
    moved = tuple(Mark(m.grey, m.x - left, m.y - top, m.value) for m in marks)
    for mark in moved:
        x, y, width, height = mark.box
        part = ink[y : y + height, x : x + width]
        np.maximum(part, mark.grey, out=part)
    return Field(ink, moved)
