"""Fields on a sheet of paper, and the picture that is taken of it."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.synthesis import camera, paper
from mlmodel.synthesis.fields import Field
from mlmodel.synthesis.hands import Hand
from mlmodel.synthesis.shapes import Grey

Placed = list[tuple[Field, tuple[int, int]]]  # fields, and the x and y where each begins
Edges = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class KnownDigit:
    """A digit in a picture: 0 to 9, and its ink's box, x, y, width, height in pixels."""

    value: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Picture:
    """A synthetic picture.

    Attributes:
        image: (height, width) uint8.
        digits: every digit in it, line by line.
    """

    image: NDArray[np.uint8]
    digits: tuple[KnownDigit, ...]

    @property
    def text(self) -> str:
        """All digits, "|" between lines."""
        text = "".join(str(digit.value) for digit in self.digits[:1])
        for before, digit in pairwise(self.digits):
            text += f"|{digit.value}" if _is_next_line(before, digit) else str(digit.value)
        return text


# A digit this much lower than the one before it, in heights, stands on the next line.
_NEXT_LINE = 0.9


def _is_next_line(before: KnownDigit, digit: KnownDigit) -> bool:
    goes_back = digit.box[0] + digit.box[2] < before.box[0] + before.box[2] / 2
    down = digit.box[1] + digit.box[3] / 2 - before.box[1] - before.box[3] / 2
    return goes_back or down > _NEXT_LINE * max(before.box[3], digit.box[3])


def photograph(
    placed: Placed,
    hand: Hand,
    random: np.random.Generator,
    *,
    margins: Edges,
    boxes: list[Edges] | None = None,
    cell: bool = False,
) -> Picture:
    """Put fields on a sheet and take its picture.

    Args:
        margins: pixels for a cell, else digit heights.
        boxes: printed around digits, in the fields' pixels.
        cell: draw a grid's lines near the picture's edges, and print nothing else.
    """
    unit = hand.height_px
    boxes = boxes or []
    left, top, right, bottom = (m if cell else m * unit for m in margins)
    begin_x, begin_y, end_x, end_y = _extent(placed, boxes)
    if cell:
        end_x, end_y = max(end_x, begin_x + 0.7 * unit), max(end_y, begin_y + unit)
    size = (
        max(8, round(end_y - begin_y + top + bottom)),
        max(8, round(end_x - begin_x + left + right)),
    )
    shift = round(left - begin_x), round(top - begin_y)
    ink, digits = _written(size, placed, shift)
    ink, digits = _turned(ink, digits, 0.0 if cell else random.normal(0, 2.2))
    sheet = paper.paper((ink.shape[0], ink.shape[1]), random)
    printed = np.zeros_like(ink) if cell else _printed(sheet, unit, random, digits)
    for box in boxes:
        shifted = box[0] + shift[0], box[1] + shift[1], box[2] + shift[0], box[3] + shift[1]
        paper.frame_around(printed, shifted, unit, random)
    if cell:
        _cell_edges(printed, unit, random)
    return Picture(_expose(sheet, printed, ink, hand, random), tuple(digits))


def _extent(placed: Placed, boxes: list[Edges]) -> Edges:
    """What holds all fields and boxes."""
    return (
        min((x for _, (x, _) in placed), default=0),
        min([y for _, (_, y) in placed] + [box[1] for box in boxes]),
        max([x + field.ink.shape[1] for field, (x, _) in placed] + [box[2] for box in boxes]),
        max([y + field.ink.shape[0] for field, (_, y) in placed] + [box[3] for box in boxes]),
    )


def _written(
    size: tuple[int, int], placed: Placed, shift: tuple[int, int]
) -> tuple[Grey, list[KnownDigit]]:
    """The ink of all fields, moved by so many pixels, and their digits."""
    ink = np.zeros(size, np.float32)
    digits = []
    for field, (x, y) in placed:
        left, top = x + shift[0], y + shift[1]
        _blend(ink, field.ink, left, top)
        digits += [
            KnownDigit(m.value, (m.x + left, m.y + top, m.grey.shape[1], m.grey.shape[0]))
            for m in field.marks
            if m.value is not None
        ]
    return ink, digits


def _printed(
    sheet: Grey, unit: float, random: np.random.Generator, digits: list[KnownDigit]
) -> Grey:
    baseline = None
    if digits:
        baseline = float(np.median([digit.box[1] + digit.box[3] for digit in digits]))
    return paper.print_on(sheet, unit, random, baseline)


def _blend(ink: Grey, field: Grey, x: int, y: int) -> None:
    window = ink[y : y + field.shape[0], x : x + field.shape[1]]
    np.maximum(window, field[: window.shape[0], : window.shape[1]], out=window)


def _turned(ink: Grey, digits: list[KnownDigit], degrees: float) -> tuple[Grey, list[KnownDigit]]:
    """The whole writing turned a little, on a canvas that is large enough."""
    height, width = ink.shape
    if abs(degrees) < 0.3:
        return ink, digits
    degrees = float(np.clip(degrees, -8, 8))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    sine = abs(matrix[0, 1])
    new_width, new_height = round(width + sine * height), round(height + sine * width)
    matrix[:, 2] += (new_width - width) / 2, (new_height - height) / 2
    turned = cv2.warpAffine(ink, matrix, (new_width, new_height), flags=cv2.INTER_LINEAR)
    moved = []
    for digit in digits:
        x, y, w, h = digit.box
        middle = matrix @ (x + w / 2, y + h / 2, 1)
        moved.append(KnownDigit(digit.value, (middle[0] - w / 2, middle[1] - h / 2, w, h)))
    return np.asarray(turned, np.float32), moved


def _cell_edges(printed: Grey, unit: float, random: np.random.Generator) -> None:
    """Lines of a grid near some of the picture's edges, thick or thin."""
    height, width = printed.shape
    tone = random.uniform(0.5, 1.0)
    for side in range(4):
        if random.random() < 0.35:
            continue
        thick = max(1, round(unit * random.uniform(0.02, 0.16)))
        off, skew = unit * random.uniform(-0.02, 0.12), unit * random.normal(0, 0.03)
        ends = [((-2, off), (width + 2, off + skew)), ((off, -2), (off + skew, height + 2))][
            side % 2
        ]
        if side >= 2:
            ends = tuple((width - x, height - y) for x, y in ends)  # type: ignore[assignment]
        paper.segment(printed, ends[0], ends[1], thick, tone)


def _expose(
    sheet: Grey, printed: Grey, ink: Grey, hand: Hand, random: np.random.Generator
) -> NDArray[np.uint8]:
    unit = hand.height_px
    size = (ink.shape[0], ink.shape[1])
    if hand.uneven > 0.05:  # a dry pen, pencil on rough paper
        uneven = paper.smooth(size, max(3, round(max(size) / unit * 4)), random)
        ink = ink * np.clip(1 - hand.uneven * np.abs(uneven), 0.25, 1)
    level = float(np.median(sheet))
    # The writing differs from the paper by this many grey levels at the least.
    contrast = max(25.0, level * random.uniform(0.15, 0.97))
    dark = np.maximum(sheet - contrast, 0)
    print_contrast = contrast * random.uniform(0.2, 0.9)
    picture = sheet - printed * np.minimum(print_contrast, sheet)
    picture = picture * (1 - ink) + np.minimum(dark, picture) * ink
    if random.random() < 0.15:
        picture = paper.add_shadow(picture, random)
    return camera.take(picture, unit, contrast, random)
