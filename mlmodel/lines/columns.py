"""The columns that the line network answers with, as digits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.classifier import DIGIT_CLASSES
from mlmodel.lines.strips import DIGIT_HEIGHT_PX
from mlmodel.odds import softmax

# A column of the answer for every so many pixels of the strip.
COLUMN_PX = 2
# No digit has its middle in this column.
NONE = DIGIT_CLASSES
CLASSES = DIGIT_CLASSES + 1
# How far a digit reaches from the middle of its column: to the left, down to its top from the
# strip's, to the right, and down to its foot from the strip's top, in DIGIT_HEIGHT_PX.
EXTENTS = 4
# Then the logits of ten digits and of none once more, of which a text is read without regard to
# where its digits stand: see mlmodel.lines.ctc.
ANSWERS = CLASSES + EXTENTS + CLASSES
_EXTENTS = slice(CLASSES, CLASSES + EXTENTS)
SEQUENCE = slice(CLASSES + EXTENTS, ANSWERS)
# What is at least this likely is a digit.
PRESENT = 0.5
# A digit's presence may be spread over so many columns to each side of the likeliest one; the
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
        """In pixels of the strip, from its left."""
        return (self.edges[0] + self.edges[2]) / 2

    @property
    def value(self) -> int:
        """The likeliest, 0..9."""
        return int(self.probabilities.argmax())


def decode(answer: NDArray[np.float32], least: float = PRESENT) -> list[ColumnDigit]:
    """The digits of one strip, from left to right.

    Where the network is unsure of a digit's middle, its presence is spread over some columns:
    each digit gathers it from the columns near, the surest digit first.

    Args:
        answer: (columns, 26) float32 as the line network gives it.
        least: the presence, 0..1, from which a digit is given.
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
        # What is surely another digit keeps what is its own.
        own = near[free[near] & ~(is_peak[near] & (presence[near] >= PRESENT) & (near != column))]
        free[own] = False
        digit = _gathered(answer, probabilities, int(column), own)
        if digit.presence >= least:
            found.append(digit)
    return sorted(found, key=lambda digit: digit.middle)


def digit_at(answer: NDArray[np.float32], column: int, seen: Sequence[ColumnDigit]) -> ColumnDigit:
    """The digit around a column beside those that were seen, however unlikely there is one."""
    near = _near(column, len(answer))
    free = np.ones(len(near), np.bool_)
    for digit in seen:
        free &= np.abs(near - digit.middle / COLUMN_PX) > _REACH + 0.5
    own = near[free | (near == column)]
    return _gathered(answer, _probabilities(answer), column, own)


def joined_digit(seen: Sequence[ColumnDigit]) -> ColumnDigit:
    """One digit that was seen in several columns, the surest first: their odds add up."""
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
    """The digit of a column with what the columns near it say of its presence and value."""
    values = probabilities[near, :NONE].sum(axis=0)
    # The expected number of middles against the probability that every column has none.
    present, absence = float(values.sum()), float(probabilities[near, NONE].prod())
    left, top, right, bottom = (float(v) * DIGIT_HEIGHT_PX for v in answer[column, _EXTENTS])
    middle = column * COLUMN_PX + (COLUMN_PX - 1) / 2
    return ColumnDigit(
        present / (present + absence),
        np.asarray(values / max(present, 1e-9), np.float32),
        (middle - left, top, middle + right, bottom),
    )


def _probabilities(answer: NDArray[np.float32]) -> NDArray[np.float64]:
    """(columns, 11), of every class in every column."""
    return softmax(answer[:, :CLASSES].astype(np.float64))
