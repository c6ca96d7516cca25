"""The field's measures: what is right, what can be trusted, and how precisely that is known.

Whatever is counted is called an answer here: a whole text, or one digit. Each answer has a
confidence in 0..1 and is right or wrong; it is accepted when its confidence is at least the
threshold, otherwise a person is asked.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Confidences = NDArray[np.float64]  # (n,), 0..1
Rights = NDArray[np.bool_]  # (n,)

CALIBRATION_BINS = 15
CURVE_POINTS = 50
BOOTSTRAP_ROUNDS = 2_000
BOOTSTRAP_SEED = 20261125


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence. All numbers are in 0..1.

    Attributes:
        share: the bin's share of all answers.
        confidence: the mean confidence of the bin's answers.
        right: the share of right answers in the bin.
    """

    share: float
    confidence: float
    right: float


def read_rate(confidences: Confidences, rights: Rights, error_rate: float) -> float:
    """The largest share of answers that can be accepted at this error rate or less.

    The threshold is the best one for these very answers, so this is the read rate that a perfect
    choice of the threshold would reach.

    Args:
        error_rate: 0..1, the share of wrong answers among the accepted ones.

    Returns:
        0..1, a share of all answers; 0 where none can be accepted.
    """
    coverage, risk = _risk_by_coverage(confidences, rights)
    good = coverage[risk <= error_rate]
    return float(good[-1]) if good.size else 0.0


def threshold_of(confidences: Confidences, rights: Rights, error_rate: float) -> float:
    """The lowest confidence from which answers can be accepted at this error rate or less.

    Args:
        error_rate: 0..1, the share of wrong answers among the accepted ones.

    Returns:
        0..1; 1 where even the answers with the highest confidence are wrong too often.
    """
    order = np.argsort(-confidences, kind="stable")
    coverage, risk = _risk_by_coverage(confidences, rights)
    good = coverage[risk <= error_rate]
    if not good.size:
        return 1.0
    return float(confidences[order][round(good[-1] * order.size) - 1])


def threshold_accepting(confidences: Confidences, share: float) -> float:
    """The highest confidence from which this share of the answers is accepted, right or wrong.

    Args:
        share: 0..1.

    Returns:
        0..1; 1 where there are no answers.
    """
    # Without the rounding, 0.55 of 100 answers would be 56 of them.
    wanted = math.ceil(round(share * confidences.size, 6))
    return float(np.sort(confidences)[-wanted]) if wanted else 1.0


def accepted_at(confidences: Confidences, rights: Rights, threshold: float) -> tuple[int, int]:
    """How many answers are accepted at a threshold, and how many of those are wrong."""
    accepted = confidences >= threshold
    return int(accepted.sum()), int((accepted & ~rights).sum())


def area_under_risk_coverage(confidences: Confidences, rights: Rights) -> float:
    """The mean error rate over all shares of accepted answers, by falling confidence (AURC).

    Geifman, Uziel and El-Yaniv, Bias-reduced uncertainty estimation, 2019. Smaller is better; for
    a confidence without any information it is the error rate itself.
    """
    _, risk = _risk_by_coverage(confidences, rights)
    return float(risk.mean()) if risk.size else 0.0


def risk_coverage(confidences: Confidences, rights: Rights) -> list[tuple[float, float]]:
    """The risk-coverage curve: the accepted share, rising, and the error rate among those.

    Returns:
        At most CURVE_POINTS pairs of shares, 0..1; in the last pair, every answer is accepted.
    """
    coverage, risk = _risk_by_coverage(confidences, rights)
    if not coverage.size:
        return []
    last = coverage.size - 1
    shown = np.unique(np.linspace(0, last, min(CURVE_POINTS, coverage.size)).round().astype(int))
    return [(float(coverage[i]), float(risk[i])) for i in shown]


def calibration_error(confidences: Confidences, rights: Rights) -> float:
    """The mean distance between confidence and share of right answers (ECE), 0..1.

    Guo et al., On calibration of modern neural networks, 2017; but the bins hold equal numbers of
    answers, since nearly all confidences lie close to 1.
    """
    return sum(
        part.share * abs(part.confidence - part.right) for part in reliability(confidences, rights)
    )


def reliability(confidences: Confidences, rights: Rights) -> list[Bin]:
    """The bins of the reliability diagram, by rising confidence."""
    order = np.argsort(confidences, kind="stable")
    bins = [part for part in np.array_split(order, CALIBRATION_BINS) if part.size]
    return [
        Bin(part.size / order.size, float(confidences[part].mean()), float(rights[part].mean()))
        for part in bins
    ]


def interval(hits: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """The exact confidence interval of a counted share (Clopper and Pearson, 1934).

    Args:
        hits, count: the share is hits / count.
        level: the confidence level, 0..1.

    Returns:
        (low, high), 0..1; (0, 1) where nothing was counted.
    """
    tail = (1 - level) / 2
    low = 0.0 if not hits else _where(lambda p: 1 - _at_most(hits - 1, count, p) - tail)
    high = 1.0 if hits == count else _where(lambda p: tail - _at_most(hits, count, p))
    return low, high


def bootstrap_by_source(shares: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """The confidence interval of a mean over sources, for other sources of the same kind.

    Errors cluster by source, so whole sources are drawn anew (Efron and Tibshirani, An
    introduction to the bootstrap, 1993; percentile interval). The interval is always the same for
    the same shares, and too narrow for a handful of sources.

    Args:
        shares: one for each source, at least one.
        level: the confidence level, 0..1.

    Returns:
        (low, high), in the units of the shares.
    """
    random = np.random.default_rng(BOOTSTRAP_SEED)
    drawn = random.choice(np.array(shares, np.float64), (BOOTSTRAP_ROUNDS, len(shares)))
    tail = (1 - level) / 2
    low, high = np.quantile(drawn.mean(axis=1), (tail, 1 - tail))
    return float(low), float(high)


def _risk_by_coverage(confidences: Confidences, rights: Rights) -> tuple[Confidences, Confidences]:
    """The accepted share, and the error rate among it, at every threshold, from the highest down.

    Answers with the same confidence are accepted together or not at all.
    """
    order = np.argsort(-confidences, kind="stable")
    falling = confidences[order]
    wrong = np.cumsum(~rights[order])
    last_of_its_confidence = (
        np.append(falling[1:] != falling[:-1], True) if falling.size else falling > 1
    )
    accepted = np.flatnonzero(last_of_its_confidence) + 1
    return accepted / max(falling.size, 1), wrong[accepted - 1] / accepted


def _at_most(hits: int, count: int, p: float) -> float:
    """The probability of at most `hits` hits in `count` trials of probability p."""
    if p <= 0:
        return 1.0
    if p >= 1:
        return float(hits >= count)
    if 2 * hits > count:  # the other end has fewer terms: 9,990 of 10,000 would take a second
        return 1 - _at_most(count - hits - 1, count, 1 - p)
    logs = [
        math.lgamma(count + 1)
        - math.lgamma(k + 1)
        - math.lgamma(count - k + 1)
        + k * math.log(p)
        + (count - k) * math.log1p(-p)
        for k in range(hits + 1)
    ]
    return min(1.0, math.fsum(map(math.exp, logs)))


def _where(rising: Callable[[float], float]) -> float:
    """The place in 0..1 where a rising function crosses zero, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
