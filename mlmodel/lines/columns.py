"""The columns that the line network answers with, as digits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.classifier import DIGIT_CLASSES
from mlmodel.lines.strips import DIGIT_HEIGHT_PX
from mlmodel.odds import softmax

# The width, in pixels of the strip, that one column of the answer stands for.
COLUMN_PX = 2
# The class of a column in which no digit has its middle.
NONE = DIGIT_CLASSES
CLASSES = DIGIT_CLASSES + 1
# Four distances locate a digit's edges, in DIGIT_HEIGHT_PX: from the middle of its column to its
# left edge, from the strip's top to the digit's top, from the middle to its right edge, and from
# the strip's top to the digit's foot.
EXTENTS = 4
# A column's answer is the logits of ten digits and of none, the four distances, and a second time
# the logits of ten digits and of none. From these a text is read without regard to where its digits
# stand: see mlmodel.lines.ctc.
ANSWERS = CLASSES + EXTENTS + CLASSES
_EXTENTS = slice(CLASSES, CLASSES + EXTENTS)
SEQUENCE = slice(CLASSES + EXTENTS, ANSWERS)
# A digit whose presence is at least this is taken to be there.
PRESENT = 0.5
# A digit's presence may be spread over this many columns to each side of the likeliest one; the
# middles of two digits are farther apart.
_REACH = 3
_WITHIN = 2 * _REACH + 1


@dataclass(frozen=True)
class ColumnDigit:
    """A digit that the line network sees.

    Attributes:
        presence: the probability, 0..1, that there is a digit.
        probabilities: (10,) float32 in 0..1, of each value given that there is one.
        edges: left, top, right, bottom in pixels of the strip.
    """

    presence: float
    probabilities: NDArray[np.float32]
    edges: tuple[float, float, float, float]

    @property
    def middle(self) -> float:
        """The middle between left and right edge, in pixels from the strip's left."""
        return (self.edges[0] + self.edges[2]) / 2

    @property
    def value(self) -> int:
        """The likeliest value, 0..9."""
        return int(self.probabilities.argmax())


def decode(answer: NDArray[np.float32], least: float = PRESENT) -> list[ColumnDigit]:
    """The digits of one strip, from left to right.

    Where the network is uncertain of a digit's middle, the digit's presence is spread over some
    columns: each digit gathers its presence from the columns near it, the likeliest digit first.

    Args:
        answer: (columns, 26) float32 as the line network returns it.
        least: the presence, 0..1, from which a digit is returned.
    """
    probabilities = _probabilities(answer)
    presence = 1 - probabilities[:, NONE]
    beside = np.pad(presence, 1)
    is_peak = (presence >= beside[:-2]) & (presence > beside[2:]) & (presence >= least / _WITHIN)
    free = np.ones(len(answer), np.bool_)
    found = []
    for column in sorted(np.flatnonzero(is_peak), key=lambda column: -presence[column]):
        if not free[column]:
            continue
        near = _near(int(column), len(answer))
        # A near column that is itself the peak of a digit with presence is left to that digit.
        own = near[free[near] & ~(is_peak[near] & (presence[near] >= PRESENT) & (near != column))]
        free[own] = False
        digit = _gathered(answer, probabilities, int(column), own)
        if digit.presence >= least:
            found.append(digit)
    return sorted(found, key=lambda digit: digit.middle)


def digit_at(answer: NDArray[np.float32], column: int, seen: Sequence[ColumnDigit]) -> ColumnDigit:
    """The digit around a column, however unlikely it is that there is one.

    Args:
        answer: (columns, 26) float32 as the line network returns it.
        column: the index of the column.
        seen: the other digits of the strip; the columns near their middles are theirs.
    """
    near = _near(column, len(answer))
    free = np.ones(len(near), np.bool_)
    for digit in seen:
        free &= np.abs(near - digit.middle / COLUMN_PX) > _REACH + 0.5
    own = near[free | (near == column)]
    return _gathered(answer, _probabilities(answer), column, own)


def joined_digit(seen: Sequence[ColumnDigit]) -> ColumnDigit:
    """One digit that was seen in several columns: the odds of its presence add up.

    Args:
        seen: the digit in each of the columns, the likeliest first, whose edges are taken.
    """
    presences = np.array([digit.presence for digit in seen])
    odds = float((presences / np.maximum(1 - presences, 1e-9)).sum())
    values = np.average([digit.probabilities for digit in seen], axis=0, weights=presences)
    return ColumnDigit(odds / (1 + odds), np.asarray(values, np.float32), seen[0].edges)


def _near(column: int, columns: int) -> NDArray[np.int_]:
    return np.arange(max(column - _REACH, 0), min(column + _REACH + 1, columns))


def _gathered(
    answer: NDArray[np.float32],
    probabilities: NDArray[np.float64],
    column: int,
    near: NDArray[np.int_],
) -> ColumnDigit:
    """The digit of a column, its presence and value gathered from the columns near it."""
    values = probabilities[near, :NONE].sum(axis=0)
    # The expected number of middles against the probability that no column has one.
    present, absence = float(values.sum()), float(probabilities[near, NONE].prod())
    left, top, right, bottom = (float(v) * DIGIT_HEIGHT_PX for v in answer[column, _EXTENTS])
    middle = column * COLUMN_PX + (COLUMN_PX - 1) / 2
    return ColumnDigit(
        present / (present + absence),
        np.asarray(values / max(present, 1e-9), np.float32),
        (middle - left, top, middle + right, bottom),
    )


def _probabilities(answer: NDArray[np.float32]) -> NDArray[np.float64]:
    """(columns, 11) float64 in 0..1, the probability of every class in every column."""
    return softmax(answer[:, :CLASSES].astype(np.float64))
