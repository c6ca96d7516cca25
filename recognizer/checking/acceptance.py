"""Which texts of a batch nobody has to look at, so that a promise about errors is kept.

Error means: the share of wrong texts among those that are accepted without a person's look. The
promise: the expected error is at most the tolerated one, and with a probability of LEVEL the error
itself is. Of 300 texts at 1 %, three may be wrong; of 99, or of 500 at 0.1 %, none. What a person
checked is right, so among all values that are delivered the error is smaller still.
"""

from dataclasses import dataclass

import numpy as np

from recognizer.checking.checked_batch import (
    PLACES,
    CheckedBatch,
    Counts,
    Flags,
    Floats,
    confidence_at,
)
from recognizer.checking.recalibration import Recalibration

# As high as people expect of "nearly always"; risk-controlling prediction sets (Bates et al., 2021)
# call its complement delta, and the tolerated error alpha.
LEVEL = 0.95
# Unless this share of the texts that are left can be accepted, none is. Where the reader is seldom
# sure, it is most often sure and wrong, and of a few texts an audit says little.
LEAST_SHARE = 0.2
# Thresholds that are tried at once: the lowest one that will do is mostly among the first.
_TRIED_AT_ONCE = 8
# Of a rate above this, none or a few wrong ones are impossible; the exponential would be zero.
_HIGHEST_RATE = 700.0


@dataclass(frozen=True)
class Acceptance:
    """What is accepted at one moment, and how sure that is.

    Attributes:
        place: the place on the scale of confidences from which texts are accepted; PLACES where
            none is.
        accepted: (n,) bool, the texts that nobody has looked at or has to.
        to_check: (n,) bool, the texts that a person still has to look at.
        allowed: how many of the accepted may be wrong.
        expected: how many of them are expected to be wrong.
        interval: (low, high), whole numbers of wrong ones: fewer than the first or more than the
            second are expected with a probability of 1 - LEVEL each. The second one never exceeds
            `allowed`.
    """

    place: int
    accepted: Flags
    to_check: Flags
    allowed: int
    expected: float
    interval: tuple[int, int]

    @property
    def threshold(self) -> float | None:
        """The confidence, 0..1, from which texts are accepted; None where none is."""
        return confidence_at(self.place) if self.place < PLACES else None

    @property
    def count(self) -> int:
        """How many are accepted."""
        return int(self.accepted.sum())

    @property
    def expected_error(self) -> float:
        """The expected share, 0..1, of wrong texts among the accepted."""
        return self.expected / max(self.count, 1)

    @property
    def expected_error_of_all(self) -> float:
        """The same among all values, when the rest has been checked as well."""
        return self.expected / max(self.accepted.size, 1)


@dataclass(frozen=True)
class Step:
    """One threshold among those that a batch could have.

    Attributes:
        threshold: the confidence, 0..1, from which texts would be accepted.
        accepted: how many that would be.
        allowed, expected, high: see Acceptance; here `high` may exceed `allowed`.
    """

    threshold: float
    accepted: int
    allowed: int
    expected: float
    high: int


def accept(known: Recalibration, batch: CheckedBatch, tolerated: float) -> Acceptance:
    """Accept as many texts as the promise allows.

    Args:
        known: what is known of this batch's confidences.
        tolerated: the error, 0..1, that its owner tolerates.
    """
    place = _lowest_place(known, batch.count(batch.open), tolerated)
    accepted = batch.open & (batch.places >= place)
    rates = known.wrong @ batch.count(accepted)
    return Acceptance(
        place=place,
        accepted=accepted,
        to_check=~batch.checked & ~accepted,
        allowed=allowed_wrong(int(accepted.sum()), tolerated),
        expected=float(known.weights @ rates),
        interval=(_fewest(known.weights, rates), _most(known.weights, rates)),
    )


def curve(known: Recalibration, batch: CheckedBatch, tolerated: float) -> list[Step]:
    """All thresholds of a batch, from the highest down, for whoever wants to see the choice."""
    places, accepted, rates = _from_above(known, batch.count(batch.open))
    return [
        Step(
            confidence_at(int(place)),
            int(count),
            allowed_wrong(int(count), tolerated),
            float(known.weights @ rate),
            _most(known.weights, rate),
        )
        for place, count, rate in zip(places, accepted, rates.T, strict=True)
    ]


def allowed_wrong(accepted: int, tolerated: float) -> int:
    """How many of so many accepted texts may be wrong at a tolerated error, 0..1."""
    return int(np.floor(accepted * tolerated + 1e-9))  # 0.07 * 100 is a little above 7


def changes(before: Acceptance, after: Acceptance) -> tuple[Flags, Flags]:
    """What a check changed: texts accepted from now on, and those that came back to the queue.

    Returns:
        (n,) bool each. A text that was accepted and has been checked since is in none of them.
    """
    return after.accepted & ~before.accepted, before.accepted & after.to_check


def _lowest_place(known: Recalibration, counts: Counts, tolerated: float) -> int:
    """The lowest place from which texts can be accepted; PLACES where there is none."""
    places, accepted, rates = _from_above(known, counts)
    allowed = np.floor(accepted * tolerated + 1e-9).astype(np.intp)
    is_worth_it = accepted >= LEAST_SHARE * counts.sum()
    likely = np.flatnonzero(is_worth_it & (known.weights @ rates <= tolerated * accepted))[::-1]
    for start in range(0, likely.size, _TRIED_AT_ONCE):
        tried = likely[start : start + _TRIED_AT_ONCE]
        sure = known.weights @ _at_most(allowed[tried], rates[:, tried]) >= LEVEL
        if sure.any():
            return int(places[tried[sure][0]])
    return PLACES


def _from_above(known: Recalibration, counts: Counts) -> tuple[Counts, Counts, Floats]:
    """The places where texts stand, falling; how many stand there or above, and how many of these
    would be wrong on average, (points of the grid, places)."""
    places = np.flatnonzero(counts)[::-1]
    rates = np.cumsum(known.wrong[:, places] * counts[places], axis=1)
    return places, np.cumsum(counts[places]), rates


def _at_most(most: Counts, rates: Floats) -> Floats:
    """The probability of at most so many wrong ones, by Poisson's law.

    The number of wrong ones among texts of unequal probabilities spreads less than Poisson's law of
    the same mean (Hoeffding, 1956), so that its upper tail is estimated with caution.

    Args:
        most: (k,) int.
        rates: (n, k) float64, the expected numbers.
    """
    rates = np.minimum(rates, _HIGHEST_RATE)
    term = np.exp(-rates)
    total = term.copy()
    for number in range(1, int(most.max()) + 1):
        term = term * rates / number
        total += np.where(number <= most, term, 0)
    return np.minimum(total, 1)


def _most(weights: Floats, rates: Floats) -> int:
    """The least number that is exceeded with a probability of at most 1 - LEVEL."""
    return _quantile(weights, rates, LEVEL)


def _fewest(weights: Floats, rates: Floats) -> int:
    """The least number that is undercut with a probability of at most 1 - LEVEL."""
    return _quantile(weights, rates, 1 - LEVEL)


def _quantile(weights: Floats, rates: Floats, probability: float) -> int:
    rates = np.minimum(rates, _HIGHEST_RATE)
    term, number = weights * np.exp(-rates), 0
    total = term.sum()
    while total < probability and number < 2 * _HIGHEST_RATE:
        number += 1
        term = term * rates / number
        total += term.sum()
    return number
