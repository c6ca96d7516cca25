"""The columns that the line network answers with, as digits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmodel.line_network import CLASSES, COLUMN_PX, NONE
from mlmodel.strips import DIGIT_HEIGHT_PX

# A column in which a digit is at least this likely, and likelier than beside it, is one.
PRESENT = 0.5


@dataclass(frozen=True)
class ColumnDigit:
    """A digit that the line network sees.

    Attributes:
        presence: the probability, 0..1, that there is a digit.
        probabilities: (10,) float32 in 0..1, of each value given that there is one.
        box: left, top, right, bottom in pixels of the strip.
    """

    presence: float
    probabilities: NDArray[np.float32]
    box: tuple[float, float, float, float]

    @property
    def value(self) -> int:
        """The likeliest, 0..9."""
        return int(self.probabilities.argmax())


def decode(
    answer: NDArray[np.float32], temperature: float = 1.0, least: float = PRESENT
) -> list[ColumnDigit]:
    """The digits of one strip, from left to right.

    Args:
        answer: (columns, 15) float32 as the line network gives it.
        temperature: divides the logits (Guo et al., On calibration of modern neural networks,
            2017).
        least: the presence, 0..1, from which a column is given.
    """
    logits = answer[:, :CLASSES] / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    presence = 1 - probabilities[:, NONE]
    beside = np.pad(presence, 1)
    peaks = (presence >= least) & (presence >= beside[:-2]) & (presence > beside[2:])
    return [_digit(answer, probabilities, int(column)) for column in np.flatnonzero(peaks)]


def _digit(
    answer: NDArray[np.float32], probabilities: NDArray[np.float32], column: int
) -> ColumnDigit:
    presence = float(1 - probabilities[column, NONE])
    left, top, right, bottom = (float(v) * DIGIT_HEIGHT_PX for v in answer[column, CLASSES:])
    middle = column * COLUMN_PX + (COLUMN_PX - 1) / 2
    return ColumnDigit(
        presence,
        np.asarray(probabilities[column, :NONE] / max(presence, 1e-6), np.float32),
        (middle - left, top, middle + right, bottom),
    )
