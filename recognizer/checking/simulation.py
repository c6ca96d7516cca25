"""Batches whose truth is known, checked as a person would: is the promise kept, does it pay?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from recognizer.checking.acceptance import accept
from recognizer.checking.assessment import Assessment, assess
from recognizer.checking.checked_batch import (
    PLACES,
    CheckedBatch,
    Counts,
    Flags,
    Floats,
    log_odds,
)
from recognizer.checking.recalibration import USUAL, Normal, Prior, Recalibration

# After so many checks the threshold is chosen anew.
CHECKS_A_ROUND = 10
# For the true curve of a set of answers: hardly anything is known before.
_ANY = Prior(Normal(0.2, 1.0), Normal(0.0, 0.4), 0.5, Normal(-2.5, 1.5))
_NEWTON_STEPS, _RIDGE = 30, 1e-2
# Shares of two sources in one batch.
_MIXED = 0.1, 0.9

# The ways to choose what is accepted.
FIXED = "the card's threshold"
PLATT = "plain refit"
AT_ONCE = "at once"
CHECKED = "after the checks"
CURVE_KNOWN = "curve known"
WAYS = (FIXED, PLATT, AT_ONCE, CHECKED, CURVE_KNOWN)


@dataclass(frozen=True)
class Drawn:
    """Texts whose truth is known.

    Attributes:
        confidences: (n,) float64, 0..1; 0 where nothing was read.
        right: (n,) bool, whether what was read is right.
        wrong_share: (n,) float64, the probability, 0..1, that a text like this one is wrong.
    """

    confidences: Floats
    right: Flags
    wrong_share: Floats

    def take(self, chosen: Counts) -> "Drawn":
        return Drawn(self.confidences[chosen], self.right[chosen], self.wrong_share[chosen])


Draw = Callable[[np.random.Generator, int], Drawn]  # so many texts


@dataclass(frozen=True)
class Kind:
    """Batches that are made in the same way.

    Attributes:
        scale: how many times as large as others these batches are.
        counts: whether they count in totals; those for which nothing is promised do not.
    """

    name: str
    draw: Draw
    scale: float = 1.0
    counts: bool = True


@dataclass(frozen=True)
class Settings:
    """What all batches of a simulation have in common.

    Attributes:
        size: how many texts a batch of the scale 1 has.
        checks: how many of these a person checks at the most. Batches that are s times as large
            get as many times the root of s.
        tolerated: the error, 0..1, that is tolerated.
        sure_from: the threshold on the model's card, 0..1.
        prior: what is known of a batch before it is checked.
    """

    size: int = 500
    checks: int = 60
    tolerated: float = 0.01
    sure_from: float = 0.95
    prior: Prior = USUAL


@dataclass(frozen=True)
class Result:
    """What one way to choose made of one batch.

    Attributes:
        accepted: how many texts were accepted unseen.
        wrong: how many of these are wrong.
        settled: how many were accepted, or were checked and would have been accepted by whoever
            knows all.
        broken: whether the share of wrong ones among the accepted exceeds the tolerated error.
    """

    accepted: int
    wrong: int
    settled: int
    broken: bool


@dataclass(frozen=True)
class Outcome:
    """One batch.

    Attributes:
        size: how many texts it has.
        best: how many of these a threshold accepts whose choice knows all: the lowest one at which
            no more are wrong than tolerated.
        checks: how many a person checked.
        interval_held: whether the number of wrong ones was in its interval, after the checks.
        results: by the names of the ways.
    """

    kind: Kind
    size: int
    best: int
    checks: int
    interval_held: bool
    results: dict[str, Result]


def parametric(
    *parts: tuple[float, float, float],
    shift: float = 0.0,
    slope: float = 1.0,
    floor: float = 0.0,
    decimals: int | None = None,
) -> Draw:
    """Texts whose log-odds are a mixture of normal distributions.

    Args:
        parts: the share, the mean and the standard deviation of each.
        shift, slope, floor: how the truth differs from the confidences: see recalibration.
        decimals: round the confidences, so that many are equal.
    """
    shares, means, deviations = np.array(parts, np.float64).T

    def draw(random: np.random.Generator, size: int) -> Drawn:
        part = random.choice(shares.size, size, p=shares / shares.sum())
        odds = random.normal(means[part], deviations[part])
        wrong = floor + (1 - floor) / (1 + np.exp(shift + slope * odds))
        confidences = 1 / (1 + np.exp(-odds))
        if decimals is not None:
            confidences = confidences.round(decimals)
        return Drawn(confidences, random.random(size) >= wrong, wrong)

    return draw


def drawn_from(confidences: Floats, right: Flags) -> Draw:
    """Texts of a set of answers, drawn with replacement: the set stands for all writing like it.

    Args:
        confidences, right: (n,) of all answers of the set.
    """
    batch = CheckedBatch(confidences, confidences > 0, right)
    wrong = np.where(confidences > 0, Recalibration.of(batch, _ANY).wrong_of(batch), 1.0)
    answers = Drawn(confidences, right, wrong)

    def draw(random: np.random.Generator, size: int) -> Drawn:
        return answers.take(random.integers(0, confidences.size, size))

    return draw


def mixed(draws: Sequence[Draw]) -> Draw:
    """Batches of two sources each, in shares that differ from batch to batch."""

    def draw(random: np.random.Generator, size: int) -> Drawn:
        one, other = random.choice(len(draws), 2, replace=False)
        first = round(size * random.uniform(*_MIXED))
        parts = draws[one](random, first), draws[other](random, size - first)
        return Drawn(
            np.concatenate([part.confidences for part in parts]),
            np.concatenate([part.right for part in parts]),
            np.concatenate([part.wrong_share for part in parts]),
        )

    return draw


def always(draw: Draw, *, right: bool) -> Draw:
    """The same confidences, but everything is right, or everything is wrong."""

    def drawn(random: np.random.Generator, size: int) -> Drawn:
        made = draw(random, size)
        share = np.full(size, 0.0 if right else 1.0)
        return replace(made, right=np.full(size, right), wrong_share=share)

    return drawn


_CLEAN = parametric((0.95, 6.0, 1.3), (0.05, 2.0, 1.5), shift=0.2)
_HARD = parametric((1.0, 2.6, 2.8), shift=0.2)
_BOTH = mixed([_CLEAN, _HARD])
MADE_UP = (
    Kind("clean", _CLEAN),
    Kind("hard", _HARD),
    Kind("clean and hard mixed", _BOTH),
    Kind("small", _BOTH, scale=0.1),
    Kind("large", _BOTH, scale=10),
    Kind("overconfident", parametric((0.85, 5.5, 1.6), (0.15, 2.0, 2.0), shift=-0.7)),
    Kind("underconfident", parametric((0.85, 4.5, 1.6), (0.15, 1.5, 2.0), shift=1.2)),
    Kind("with ties", parametric((0.9, 5.5, 1.6), (0.1, 1.5, 2.0), shift=0.2, decimals=2)),
    Kind("all right", always(_BOTH, right=True)),
    Kind("all wrong", always(_BOTH, right=False)),
    # Too few to be found by 60 checks, and no confidence betrays them.
    Kind(
        "2 % sure and wrong",
        parametric((0.95, 6.0, 1.3), (0.05, 2.0, 1.5), floor=0.02),
        counts=False,
    ),
)


def simulate(
    kinds: Sequence[Kind], settings: Settings, *, batches: int, seed: int
) -> Iterator[Outcome]:
    """Check batches of all kinds in turn, each decided by the seed and its number alone."""
    for number in range(batches):
        kind = kinds[number % len(kinds)]
        random = np.random.default_rng([seed, number])
        yield _outcome(kind, kind.draw(random, round(settings.size * kind.scale)), settings, number)


def check(drawn: Drawn, settings: Settings, *, checks: int, seed: int) -> Iterator[Assessment]:
    """Check a batch as a person does who answers whatever is asked; yields each state of it."""
    batch = CheckedBatch.unchecked(drawn.confidences)
    while True:
        state = assess(batch, settings.tolerated, seed=seed, prior=settings.prior)
        yield state
        asked = state.ask_next(min(CHECKS_A_ROUND, checks - int(batch.checked.sum())))
        if not asked.size:
            return
        batch = batch.after(asked, drawn.right[asked])


def _outcome(kind: Kind, drawn: Drawn, settings: Settings, seed: int) -> Outcome:
    checks = round(settings.checks * kind.scale**0.5)
    first, *later = check(drawn, settings, checks=checks, seed=seed)
    last = later[-1] if later else first
    nobody, checked = first.batch, last.batch
    accepted = {
        FIXED: nobody.open & (drawn.confidences >= settings.sure_from),
        PLATT: _by_plain_refit(checked, settings.tolerated),
        AT_ONCE: first.acceptance.accepted,
        CHECKED: last.acceptance.accepted,
        CURVE_KNOWN: accept(_truth(nobody, drawn), nobody, settings.tolerated).accepted,
    }
    best = best_accepted(drawn, settings.tolerated)
    looked_at = dict.fromkeys((PLATT, CHECKED), best & checked.checked)
    low, high = last.acceptance.interval
    wrong = int((last.acceptance.accepted & ~drawn.right).sum())
    return Outcome(
        kind,
        drawn.right.size,
        int(best.sum()),
        int(checked.checked.sum()),
        low <= wrong <= high,
        {
            way: _result(mask, looked_at.get(way), drawn.right, settings.tolerated)
            for way, mask in accepted.items()
        },
    )


def _result(accepted: Flags, looked_at: Flags | None, right: Flags, tolerated: float) -> Result:
    count, wrong = int(accepted.sum()), int((accepted & ~right).sum())
    settled = count + (0 if looked_at is None else int(looked_at.sum()))
    return Result(count, wrong, settled, _is_too_many(wrong, count, tolerated))


def _is_too_many(wrong: int, accepted: int, tolerated: float) -> bool:
    return wrong > tolerated * accepted + 1e-9


def best_accepted(drawn: Drawn, tolerated: float) -> Flags:
    """(n,) bool, what the lowest threshold accepts at which no more are wrong than tolerated."""
    order = np.argsort(-drawn.confidences, kind="stable")
    falling = drawn.confidences[order]
    wrong = np.cumsum(~drawn.right[order])
    counts = np.arange(1, order.size + 1)
    is_last_of_its_confidence = np.append(falling[1:] != falling[:-1], True)
    good = (wrong <= tolerated * counts + 1e-9) & is_last_of_its_confidence & (falling > 0)
    threshold = falling[good][-1] if good.any() else np.inf
    return np.asarray(drawn.confidences >= threshold)


def _by_plain_refit(batch: CheckedBatch, tolerated: float) -> Flags:
    """What Platt's two numbers accept, refitted to the checks: the most at the expected error."""
    features = np.stack([np.ones(PLACES), log_odds()], axis=1)
    seen, right = features[batch.places[batch.checked]], batch.right[batch.checked]
    weights = np.array([0.0, 1.0])
    for _ in range(_NEWTON_STEPS):
        shares = 1 / (1 + np.exp(-np.clip(seen @ weights, -30, 30)))
        slope = seen.T @ (shares - right) + _RIDGE * (weights - [0, 1])
        curve = (seen * (shares * (1 - shares))[:, None]).T @ seen + _RIDGE * np.eye(2)
        weights = weights - np.clip(np.linalg.solve(curve, slope), -1, 1)
    wrong = 1 / (1 + np.exp(np.clip(features @ weights, -30, 30)))
    counts = batch.count(batch.open)[::-1]
    expected, accepted = np.cumsum(counts * wrong[::-1]), np.cumsum(counts)
    good = np.flatnonzero(expected <= tolerated * accepted)
    place = PLACES - 1 - good[-1] if good.size else PLACES
    return batch.open & (batch.places >= place)


def _truth(batch: CheckedBatch, drawn: Drawn) -> Recalibration:
    """What is known to whoever knows the true probabilities, but not which texts are wrong."""
    sums = np.bincount(batch.places, drawn.wrong_share, minlength=PLACES)
    means = sums / np.maximum(np.bincount(batch.places, minlength=PLACES), 1)
    return Recalibration(np.ones(1), np.zeros((3, 1)), means[None], USUAL)
