"""How far confidences can be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlmodel.evaluation import measures
from mlmodel.evaluation.measures import Bin
from mlmodel.evaluation.share import Share


@dataclass(frozen=True)
class Trust:
    """How far confidences can be trusted, of texts or of digits.

    Attributes:
        count: the number of answers; where nothing is written and nothing read, there is none.
        read_rate_1_percent: the largest share, 0..1, that can be accepted with 1 % wrong among it.
        read_rate_1_permille: the same for 0.1 %.
        accepted: the share of answers accepted at the working threshold.
        wrong: the share of wrong answers among the accepted ones.
        area: under the risk-coverage curve, 0..1.
        calibration_error: expected calibration error, 0..1.
        bins: of the reliability diagram.
        risk_coverage: the curve: accepted shares and the error rates among them, 0..1.
    """

    count: int
    read_rate_1_percent: float
    read_rate_1_permille: float
    accepted: Share
    wrong: Share
    area: float
    calibration_error: float
    bins: tuple[Bin, ...]
    risk_coverage: tuple[tuple[float, float], ...]


def trust_in(answers: Sequence[tuple[float, bool]], threshold: float) -> Trust:
    """Measure answers by their confidence, 0..1, and whether they are right.

    Args:
        threshold: from this confidence an answer is accepted without asking a person.
    """
    confidences = np.array([confidence for confidence, _ in answers], np.float64)
    rights = np.array([right for _, right in answers], np.bool_)
    accepted, wrong = measures.accepted_at(confidences, rights, threshold)
    return Trust(
        count=len(answers),
        read_rate_1_percent=measures.read_rate(confidences, rights, 0.01),
        read_rate_1_permille=measures.read_rate(confidences, rights, 0.001),
        accepted=Share.of(accepted, len(answers)),
        wrong=Share.of(wrong, accepted),
        area=measures.area_under_risk_coverage(confidences, rights),
        calibration_error=measures.calibration_error(confidences, rights),
        bins=tuple(measures.reliability(confidences, rights)),
        risk_coverage=tuple(measures.risk_coverage(confidences, rights)),
    )
