"""The texts of a batch and what people said of them: all that its threshold depends on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlmodel.odds import logit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.intp]

# Confidences are told apart by tenths of their log-odds, between 0.25 % and all but 1 in 8,000: no
# set of held-out writing is large enough to bear a confidence beyond that out.
_LEAST_LOGIT, _MOST_LOGIT, STEP = -6.0, 9.0, 0.1
PLACES = round((_MOST_LOGIT - _LEAST_LOGIT) / STEP)
# A batch without any doubt, or of nothing but doubt, would make logarithms infinite.
_LEAST_DOUBT = 1e-3


class BatchInconsistent(ValueError):
    """What is known of a batch's texts does not fit together."""


@dataclass(frozen=True)
class CheckedBatch:
    """A batch in the course of being checked. All arrays have one element a text.

    Attributes:
        confidences: (n,) float64, 0..1; 0 where nothing was read: such a text is never accepted.
        checked: (n,) bool, whether a person looked at it; its value is right from then on.
        right: (n,) bool, whether what had been read was right; where nobody looked, it is ignored.
    """

    confidences: Floats
    checked: Flags
    right: Flags

    def __post_init__(self) -> None:
        """Check the arrays.

        Raises:
            BatchInconsistent: they differ in length, or a confidence is none.
        """
        if not self.confidences.shape == self.checked.shape == self.right.shape:
            raise BatchInconsistent("Confidences, checks and their outcomes differ in number.")
        if not ((self.confidences >= 0) & (self.confidences <= 1)).all():
            raise BatchInconsistent("A confidence is not between 0 and 1.")

    @classmethod
    def unchecked(cls, confidences: Floats) -> "CheckedBatch":
        """A batch that nobody looked at."""
        nothing = np.zeros(confidences.shape, np.bool_)
        return cls(confidences, nothing, nothing)

    def after(self, texts: Counts, right: Flags) -> "CheckedBatch":
        """The batch after a person looked at some more of its texts.

        Args:
            texts: (k,) int, their places in the arrays.
            right: (k,) bool, whether what had been read was right.
        """
        checked, outcomes = self.checked.copy(), self.right.copy()
        checked[texts], outcomes[texts] = True, right
        return CheckedBatch(self.confidences, checked, outcomes)

    @property
    def size(self) -> int:
        return int(self.confidences.size)

    @cached_property
    def places(self) -> Counts:
        """(n,) int, the confidences on the scale 0 .. PLACES - 1."""
        steps = np.floor((logit(self.confidences) - _LEAST_LOGIT) / STEP + 1e-9)
        return np.clip(steps, 0, PLACES - 1).astype(np.intp)

    @property
    def open(self) -> Flags:
        """(n,) bool, the texts that were read and that nobody looked at."""
        return ~self.checked & (self.confidences > 0)

    @property
    def doubt(self) -> float:
        """The mean probability of being wrong, 0..1, that the reader itself gives what it read."""
        read = self.confidences[self.confidences > 0]
        return float(np.clip(1 - read.mean(), _LEAST_DOUBT, 1)) if read.size else 1.0

    def count(self, marked: Flags) -> Counts:
        """(PLACES,) int, how many of the marked texts stand at each place."""
        return np.bincount(self.places[marked], minlength=PLACES)


def confidence_at(place: int) -> float:
    """The least confidence, 0..1, at a place on the scale."""
    return float(1 / (1 + np.exp(-(_LEAST_LOGIT + place * STEP))))


def log_odds() -> Floats:
    """(PLACES,) float64, the log-odds in the middle of each place."""
    return np.asarray(_LEAST_LOGIT + (np.arange(PLACES) + 0.5) * STEP, np.float64)
