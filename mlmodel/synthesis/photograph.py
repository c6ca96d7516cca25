"""Fields on a sheet of paper, and the picture that is taken of it."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.synthesis import camera, paper
from mlmodel.synthesis.fields import Field
from mlmodel.synthesis.hands import Hand
from mlmodel.synthesis.shapes import Grey

Placed = list[tuple[Field, tuple[int, int]]]  # fields, and the x and y of their upper left corners
Edges = tuple[float, float, float, float]  # left, top, right, bottom

# How far a sheet is turned, in degrees: the standard deviation, and the bound. Smaller turns than
# the least one are left out.
_TURN, _LEAST_TURN, _MOST_TURN = 2.2, 0.3, 8
# How much darker than the paper the writing is: a share of the paper's level, and a least number of
# grey levels. With less faint ink, steadier hands and half the bending, a network read 73 % of the
# amounts at best (docs/training.md).
_CONTRAST, _LEAST_CONTRAST = (0.15, 0.97), 25.0
# The contrast of print, as a share of the writing's. Forms that are darker than the writing in them
# were tried: cells were read better (98 % in place of 95 %) and numbers worse (86 % in place of
# 92 %), because many a 1 was taken for a printed line.
_PRINT_CONTRAST = 0.2, 0.9
_SHADOW_SHARE = 0.15


@dataclass(frozen=True)
class KnownDigit:
    """A digit in a picture: 0..9, and the box of its ink, x, y, width, height in pixels."""

    value: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class KnownSign:
    """What is written in a picture and is no digit.

    Attributes:
        character: a sign, or "a" for a letter and whatever else is none.
        box: of its ink, x, y, width, height in pixels.
    """

    character: str
    box: tuple[float, float, float, float]


Known = TypeVar("Known", KnownDigit, KnownSign)


@dataclass(frozen=True)
class Picture:
    """A synthetic picture.

    Attributes:
        image: (height, width) uint8.
        digits: all digits in it, line by line.
        signs: whatever else is written in it.
        written: what it says, with its signs, where it is not known where they stand; it has
            neither digits nor signs then.
    """

    image: NDArray[np.uint8]
    digits: tuple[KnownDigit, ...]
    signs: tuple[KnownSign, ...] = ()
    written: str | None = None

    @property
    def text(self) -> str:
        """The digits in their order, with "|" between lines."""
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
    """Put fields on a sheet and take a picture of it.

    Args:
        margins: left, top, right, bottom; in pixels for a cell, in digit heights otherwise.
        boxes: printed boxes around digits, in the same pixels as the places of the fields.
        cell: draw a grid's lines near the picture's edges, and print nothing but these and `boxes`.
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
    ink, digits, signs = _written(size, placed, shift)
    degrees = 0.0 if cell else random.normal(0, _TURN)
    ink, digits, signs = _turned(ink, digits, signs, degrees)
    sheet = paper.paper((ink.shape[0], ink.shape[1]), random)
    printed = np.zeros_like(ink) if cell else _printed(sheet, unit, random, digits)
    for box in boxes:
        shifted = box[0] + shift[0], box[1] + shift[1], box[2] + shift[0], box[3] + shift[1]
        paper.frame_around(printed, shifted, unit, random)
    if cell:
        _cell_edges(printed, unit, random)
    return Picture(_expose(sheet, printed, ink, hand, random), tuple(digits), tuple(signs))


def _extent(placed: Placed, boxes: list[Edges]) -> Edges:
    """The smallest box around all fields and printed boxes."""
    return (
        min((x for _, (x, _) in placed), default=0),
        min([y for _, (_, y) in placed] + [box[1] for box in boxes]),
        max([x + field.ink.shape[1] for field, (x, _) in placed] + [box[2] for box in boxes]),
        max([y + field.ink.shape[0] for field, (_, y) in placed] + [box[3] for box in boxes]),
    )


def _written(
    size: tuple[int, int], placed: Placed, shift: tuple[int, int]
) -> tuple[Grey, list[KnownDigit], list[KnownSign]]:
    """The ink of all fields, moved by `shift` (x, y) pixels, and what they hold."""
    ink = np.zeros(size, np.float32)
    digits: list[KnownDigit] = []
    signs: list[KnownSign] = []
    for field, (x, y) in placed:
        left, top = x + shift[0], y + shift[1]
        _blend(ink, field.ink, left, top)
        for mark in field.marks:
            height, width = mark.grey.shape
            box = mark.x + left, mark.y + top, width, height
            if mark.character.isdigit():
                digits.append(KnownDigit(int(mark.character), box))
            elif mark.character:
                signs.append(KnownSign(mark.character, box))
    return ink, digits, signs


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


def _turned(
    ink: Grey, digits: list[KnownDigit], signs: list[KnownSign], degrees: float
) -> tuple[Grey, list[KnownDigit], list[KnownSign]]:
    """The whole writing turned counterclockwise, on a canvas that is large enough."""
    height, width = ink.shape
    if abs(degrees) < _LEAST_TURN:
        return ink, digits, signs
    degrees = float(np.clip(degrees, -_MOST_TURN, _MOST_TURN))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    sine = abs(matrix[0, 1])
    new_width, new_height = round(width + sine * height), round(height + sine * width)
    matrix[:, 2] += (new_width - width) / 2, (new_height - height) / 2
    turned = cv2.warpAffine(ink, matrix, (new_width, new_height), flags=cv2.INTER_LINEAR)

    def moved(known: Known) -> Known:
        x, y, w, h = known.box
        middle = matrix @ (x + w / 2, y + h / 2, 1)
        return replace(known, box=(middle[0] - w / 2, middle[1] - h / 2, w, h))

    return np.asarray(turned, np.float32), [*map(moved, digits)], [*map(moved, signs)]


def _cell_edges(printed: Grey, unit: float, random: np.random.Generator) -> None:
    """Draw lines of a grid, thick or thin, near some of the picture's edges, in place."""
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
    contrast = max(_LEAST_CONTRAST, level * random.uniform(*_CONTRAST))
    dark = np.maximum(sheet - contrast, 0)
    print_contrast = contrast * random.uniform(*_PRINT_CONTRAST)
    picture = sheet - printed * np.minimum(print_contrast, sheet)
    picture = picture * (1 - ink) + np.minimum(dark, picture) * ink
    if random.random() < _SHADOW_SHARE:
        picture = paper.add_shadow(picture, random)
    return camera.take(picture, unit, contrast, random)
