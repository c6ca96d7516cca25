import pytest

from mlmodel.evaluation.share import Share
from mlmodel.evaluation.trust import trust_in

ANSWERS = [(0.99, True), (0.95, False), (0.5, True)]


def test_acceptance_is_measured_at_the_threshold() -> None:
    trust = trust_in(ANSWERS, 0.9)
    assert (trust.accepted, trust.wrong) == (Share.of(2, 3), Share.of(1, 2))


def test_an_answer_at_the_threshold_is_accepted() -> None:
    assert trust_in(ANSWERS, 0.5).accepted.hits == 3


def test_read_rates_need_no_threshold() -> None:
    trust = trust_in(ANSWERS, 0.0)
    assert trust.read_rate_1_percent == trust.read_rate_1_permille == pytest.approx(1 / 3)


def test_the_diagram_and_the_curve_are_kept() -> None:
    trust = trust_in(ANSWERS, 0.9)
    assert [part.confidence for part in trust.bins] == [0.5, 0.95, 0.99]
    assert trust.risk_coverage[-1] == pytest.approx((1, 1 / 3))


def test_no_answers_can_be_measured() -> None:
    trust = trust_in([], 0.9)
    assert (trust.count, trust.bins, trust.risk_coverage) == (0, (), ())
