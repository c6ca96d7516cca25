"""What the confidences of one batch are worth, learned from the texts that a person checked.

A text whose confidence has the log-odds z is wrong with the probability

    floor + (1 - floor) / (1 + exp(shift + slope * z)).

Shift and slope recalibrate the confidences (Platt, Probabilistic outputs for support vector
machines, 1999); the floor is the share of wrong texts that no confidence betrays. They differ from
batch to batch, so they have a prior, and a posterior on a grid. Texts to check are chosen by
confidences and earlier checks alone; such a choice changes no posterior, however often it is made
anew (Rubin, Inference and missing data, 1976).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Self

import numpy as np

from recognizer.checking.checked_batch import CheckedBatch, Floats, log_odds

_SHIFTS = np.linspace(-2.6, 3.0, 19)
_LOG_SLOPES = np.linspace(-0.65, 0.79, 17)
_FLOORS = np.append(0.0, np.geomspace(5e-4, 0.25, 8))
# Points of the grid that are less likely than this change no figure.
_LEAST_WEIGHT = 1e-6
# Of all batches, this share is of an unknown kind: its shift and slope vary so much more.
_STRANGE_SHARE, _STRANGER = 0.05, 4.0


@dataclass(frozen=True)
class Normal:
    """A normal distribution of one number."""

    mean: float
    deviation: float


@dataclass(frozen=True)
class Prior:
    """What is known of a batch before a text of it was checked.

    Attributes:
        shift: added to the log-odds of a confidence.
        log_slope: the logarithm of the factor of these log-odds.
        floor_share: the share of batches, 0..1, with texts that are wrong however sure the reader
            is; the others have no floor.
        log_floor: the logarithm of such a floor, as a share of the batch's doubt: where the reader
            finds writing hard, it is also more often sure and wrong.
    """

    shift: Normal
    log_slope: Normal
    floor_share: float
    log_floor: Normal


# Fitted to 20 sets of writing that no network was trained on: see docs/checking.md.
USUAL = Prior(Normal(0.2, 0.5), Normal(0.07, 0.06), 0.1, Normal(-2.5, 1.0))
# Up to this calibration error on a model's card, USUAL holds.
_USUAL_CALIBRATION_ERROR = 0.01
# The share of the variance between batches that is left between batches of the same rule, and how
# many batches the share with a floor counts for.
_WITHIN_RULE, _FLOOR_SHARE_COUNTS = 0.35, 2.0


@dataclass(frozen=True)
class Learned:
    """What the checks of one batch say by themselves, to be kept for the next of the same rule.

    Attributes:
        shift, log_slope: None where the checks say less than the prior did.
        floor_share: the probability, 0..1, that the batch has a floor.
    """

    shift: Normal | None
    log_slope: Normal | None
    floor_share: float


def prior_of_card(calibration_error: float) -> Prior:
    """The prior of a batch of which nothing is known but the model that reads it.

    Args:
        calibration_error: the one on the model's card, 0..1. The worse a model is calibrated on
            writing that was held out, the less is known of it on other writing.
    """
    wider = max(calibration_error / _USUAL_CALIBRATION_ERROR, 1.0)
    return Prior(
        Normal(USUAL.shift.mean, USUAL.shift.deviation * wider),
        Normal(USUAL.log_slope.mean, USUAL.log_slope.deviation * wider),
        USUAL.floor_share,
        USUAL.log_floor,
    )


def prior_after(prior: Prior, earlier: Sequence[Learned]) -> Prior:
    """The prior of a batch when earlier ones of the same rule, read by the same model, are known.

    Batches of a rule are taken for draws around a mean of their own (DerSimonian and Laird,
    Meta-analysis in clinical trials, 1986), so that ever more of them never make a new one certain.

    Args:
        prior: without them.
        earlier: what each of them taught, by the same prior.
    """
    floors = sum(one.floor_share for one in earlier)
    counts = _FLOOR_SHARE_COUNTS
    return Prior(
        _after(prior.shift, [one.shift for one in earlier if one.shift]),
        _after(prior.log_slope, [one.log_slope for one in earlier if one.log_slope]),
        (prior.floor_share * counts + floors) / (counts + len(earlier)),
        prior.log_floor,
    )


def _after(prior: Normal, seen: Sequence[Normal]) -> Normal:
    within = _WITHIN_RULE * prior.deviation**2
    precision = 1 / (prior.deviation**2 - within)
    weighted = prior.mean * precision
    for one in seen:
        precision += 1 / (within + one.deviation**2)
        weighted += one.mean / (within + one.deviation**2)
    return Normal(weighted / precision, float(np.sqrt(1 / precision + within)))


@dataclass(frozen=True)
class Recalibration:
    """The posterior of a batch's parameters, at the points of the grid that matter.

    Attributes:
        weights: (n,) float64, which sum to 1.
        points: (3, n) float64: the shift, the logarithm of the slope, and the floor.
        wrong: (n, PLACES) float64, the probability that a text at a place is wrong.
        prior: where it came from.
    """

    weights: Floats
    points: Floats
    wrong: Floats
    prior: Prior

    @classmethod
    def of(cls, batch: CheckedBatch, prior: Prior = USUAL) -> Self:
        """The posterior after the checks so far; without any, the prior."""
        points, wrong, log_right, log_wrong = _grid()
        logs = _log_prior(prior, batch.doubt)
        for marked, likely in ((batch.right, log_right), (~batch.right, log_wrong)):
            counts = batch.count(batch.checked & marked)
            used = np.flatnonzero(counts)
            logs = logs + likely[:, used] @ counts[used]
        weights = np.exp(logs - logs.max())
        kept = weights > _LEAST_WEIGHT * weights.sum()
        return cls(weights[kept] / weights[kept].sum(), points[:, kept], wrong[kept], prior)

    @cached_property
    def mean_wrong(self) -> Floats:
        """(PLACES,) float64, the probability that a text at a place is wrong."""
        return np.asarray(self.weights @ self.wrong)

    def wrong_of(self, batch: CheckedBatch) -> Floats:
        """(n,) float64, the probability, 0..1, that each text of the batch is wrong."""
        return np.asarray(self.mean_wrong[batch.places])

    def learned(self) -> Learned:
        """What the checks alone say: the posterior, less the prior."""
        return Learned(
            self._without(self.prior.shift, self.points[0]),
            self._without(self.prior.log_slope, self.points[1]),
            float(self.weights @ (self.points[2] > 0)),
        )

    def _without(self, prior: Normal, values: Floats) -> Normal | None:
        """Divide a posterior by its prior, both taken for normal."""
        mean = float(self.weights @ values)
        variance = float(self.weights @ (values - mean) ** 2) + _step(values) ** 2 / 12
        precision = 1 / variance - 1 / prior.deviation**2
        if precision <= 0:
            return None
        weighted = mean / variance - prior.mean / prior.deviation**2
        return Normal(weighted / precision, float(precision**-0.5))


def _step(values: Floats) -> float:
    """The distance between points of the grid, of which a posterior may have only one left."""
    apart = np.diff(np.unique(values))
    return float(apart.min()) if apart.size else 0.0


@lru_cache(maxsize=1)
def _grid() -> tuple[Floats, Floats, Floats, Floats]:
    """All points (3, n), and the probability (n, PLACES) of being wrong there.

    Then the logarithms of the probabilities of being right, and of being wrong.
    """
    axes = np.meshgrid(_SHIFTS, _LOG_SLOPES, _FLOORS, indexing="ij")
    points = np.stack([axis.ravel() for axis in axes])
    shift, log_slope, floor = points[:, :, None]
    wrong = floor + (1 - floor) / (1 + np.exp(shift + np.exp(log_slope) * log_odds()))
    return points, wrong, np.log1p(-wrong), np.log(wrong)


def _log_prior(prior: Prior, doubt: float) -> Floats:
    """(n,) float64, the logarithms of the prior's weights, up to a constant."""
    floor = Normal(prior.log_floor.mean + float(np.log(doubt)), prior.log_floor.deviation)
    some = _heavy(floor, np.log(_FLOORS[1:]))
    floors = np.append(1 - prior.floor_share, prior.floor_share * some / some.sum())
    shifts, slopes = _heavy(prior.shift, _SHIFTS), _heavy(prior.log_slope, _LOG_SLOPES)
    return np.asarray(np.log(shifts[:, None, None] * slopes[:, None] * floors).ravel())


def _heavy(normal: Normal, values: Floats) -> Floats:
    """The density of what is mostly as usual, and strange now and then (Tukey, 1960)."""
    strange = Normal(normal.mean, normal.deviation * _STRANGER)
    usual = (1 - _STRANGE_SHARE) * _density(normal, values)
    return usual + _STRANGE_SHARE * _density(strange, values)


def _density(normal: Normal, values: Floats) -> Floats:
    apart = (values - normal.mean) / normal.deviation
    # So small a part keeps the logarithm finite, and changes no figure.
    return np.asarray((np.exp(-0.5 * apart**2) + 1e-12) / normal.deviation)
