"""Ink beside the digits of a text that may be writing, and that no reader accounts for."""

from collections.abc import Iterator, Sequence

import numpy as np

from mlmodel.picture.boxes import Box, common_area
from mlmodel.second.alphabet import DIGITS, NONE
from mlmodel.second.look import HEIGHT_PX
from mlmodel.second.second_reader import COLUMN_PX, SecondLine
from mlmodel.texts.candidates import Found
from mlmodel.texts.lattice import NO_DIGIT
from mlmodel.texts.line_texts import LineTexts

# Ink is as large as a digit if its height is in this range, in heights of the digits read.
_LEAST_HEIGHT, _MOST_HEIGHT = 0.5, 1.5
# Ink of at most this width, in heights of its own, is what is left of a ruling or of a grid's line
# if its middle is at most this far from a side of the picture, as a share of the longer side.
_SLIM, _AT_SIDE = 0.25, 0.06
# Ink of which a digit that was read covers this share is a part of that digit.
_PART = 0.4
# The second reader knows what some ink is if it expects this many signs or letters there.
_KNOWN = 0.5


def passed_over(
    lines: Sequence[LineTexts], found: Found, shape: tuple[int, ...]
) -> tuple[Box, ...]:
    """Boxes, in working pixels, of ink as large as the digits that is no part of the text.

    Ink that the second reader takes for a sign or a letter, whichever way it looks, is accounted
    for. Nothing was passed
    over where nothing was read.

    Args:
        shape: height and width of the picture at working size.
    """
    values = [value for line in lines for value in line.hypotheses[0].values]
    places = list(zip(found.candidates, values, strict=True))
    read = [candidate.box for candidate, value in places if value != NO_DIGIT]
    if not read:
        return ()
    usual = float(np.median([box[3] for box in read]))
    unread = [candidate.box for candidate, value in places if value == NO_DIGIT]
    every = (box for box in (*found.others, *unread) if _is_like_digit(box, usual, shape))
    free = [box for box in every if not any(_is_part(box, digit) for digit in read)]
    answers = [answer for looks in found.second.values() for answer in looks]
    return tuple(box for box in free if not _is_known(box, answers))


def _is_like_digit(box: Box, usual: float, shape: tuple[int, ...]) -> bool:
    x, _, width, height = box
    if not _LEAST_HEIGHT * usual <= height <= _MOST_HEIGHT * usual:
        return False
    middle = x + width / 2
    is_at_side = min(middle, shape[1] - middle) <= _AT_SIDE * max(shape[:2])
    return width > _SLIM * height or not is_at_side


def _is_part(box: Box, digit: Box) -> bool:
    return common_area(box, digit) >= _PART * box[2] * box[3]


def _is_known(box: Box, answers: Sequence[SecondLine]) -> bool:
    """Whether the second reader expects signs or letters there, in every look that shows it."""
    shown = [
        float(answer.shares[columns, len(DIGITS) : NONE].sum())
        for answer in answers
        if (columns := list(_columns_of(answer, box)))
    ]
    return bool(shown) and min(shown) >= _KNOWN


def _columns_of(answer: SecondLine, box: Box) -> Iterator[int]:
    """The columns of the answer whose middle lies in the box."""
    x, y, width, height = box
    inverse = np.linalg.inv(np.vstack([answer.to_working, (0, 0, 1)]))
    left, middle, right = (
        (inverse @ (at, y + height / 2, 1))[:2] for at in (x, x + width / 2, x + width)
    )
    if not 0 <= middle[1] < HEIGHT_PX:  # beside the line
        return
    for column in range(len(answer.shares)):
        if left[0] <= (column + 0.5) * COLUMN_PX <= right[0]:
            yield column
