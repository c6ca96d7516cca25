"""The measures of the field: what is right, what may be trusted, and how sure that is known.

Whatever is counted is called an answer here: a whole text, or one digit. Each comes with a
confidence in 0..1 and is right or wrong; an answer is accepted when its confidence is at least
the threshold, else a person is asked.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Confidences = NDArray[np.float64]  # (n,), 0..1
Rights = NDArray[np.bool_]  # (n,)

CALIBRATION_BINS = 15


def read_rate(confidences: Confidences, rights: Rights, error_rate: float) -> float:
    """The largest share of answers that can be accepted with so many wrong among them at most.

    The threshold is the best one for these very answers, so this is what a perfect choice of
    the threshold would give.

    Args:
        error_rate: 0..1, of the accepted answers.

    Returns:
        0..1 of all answers; 0 for none.
    """
    coverage, risk = _risk_by_coverage(confidences, rights)
    good = coverage[risk <= error_rate]
    return float(good[-1]) if good.size else 0.0


def accepted_at(confidences: Confidences, rights: Rights, threshold: float) -> tuple[int, int]:
    """How many answers are accepted at a threshold, and how many of those are wrong."""
    accepted = confidences >= threshold
    return int(accepted.sum()), int((accepted & ~rights).sum())


def area_under_risk_coverage(confidences: Confidences, rights: Rights) -> float:
    """The mean error rate over all shares of accepted answers, the surest first (AURC).

    Geifman, Uziel and El-Yaniv, Bias-reduced uncertainty estimation, 2019. Small is good; a
    confidence that says nothing gives the error rate itself.
    """
    _, risk = _risk_by_coverage(confidences, rights)
    return float(risk.mean()) if risk.size else 0.0


def calibration_error(confidences: Confidences, rights: Rights) -> float:
    """The mean distance between confidence and share of right answers (ECE), 0..1.

    Guo et al., On calibration of modern neural networks, 2017; with bins of equal numbers of
    answers, since nearly all confidences lie close to 1.
    """
    return sum(
        share * abs(confidence - right)
        for share, confidence, right in reliability(confidences, rights)
    )


def reliability(confidences: Confidences, rights: Rights) -> list[tuple[float, float, float]]:
    """The reliability diagram: for each bin its share, mean confidence, and share of right ones."""
    order = np.argsort(confidences, kind="stable")
    bins = [part for part in np.array_split(order, CALIBRATION_BINS) if part.size]
    return [
        (
            part.size / order.size,
            float(confidences[part].mean()),
            float(rights[part].mean()),
        )
        for part in bins
    ]


def interval(hits: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share that was counted (Clopper and Pearson, 1934).

    Returns:
        (low, high), 0..1; (0, 1) where nothing was counted.
    """
    tail = (1 - level) / 2
    low = 0.0 if not hits else _where(lambda p: 1 - _at_most(hits - 1, count, p) - tail)
    high = 1.0 if hits == count else _where(lambda p: tail - _at_most(hits, count, p))
    return low, high


def _risk_by_coverage(confidences: Confidences, rights: Rights) -> tuple[Confidences, Confidences]:
    """The accepted share and the error rate among them at every threshold there is, falling.

    Answers of one confidence are accepted together or not at all.
    """
    order = np.argsort(-confidences, kind="stable")
    sure = confidences[order]
    wrong = np.cumsum(~rights[order])
    last_of_its_confidence = np.append(sure[1:] != sure[:-1], True) if sure.size else sure > 1
    accepted = np.flatnonzero(last_of_its_confidence) + 1
    return accepted / max(sure.size, 1), wrong[accepted - 1] / accepted


def _at_most(hits: int, count: int, p: float) -> float:
    """The probability of at most so many hits in count trials."""
    if p <= 0:
        return 1.0
    if p >= 1:
        return float(hits >= count)
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
    """The place in 0..1 where a rising function passes zero."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
