import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmodel.evaluation.measures import (
    CURVE_POINTS,
    accepted_at,
    area_under_risk_coverage,
    bootstrap_by_source,
    calibration_error,
    interval,
    read_rate,
    reliability,
    risk_coverage,
    threshold_accepting,
)

SURE = np.array([0.99, 0.98, 0.9, 0.6])
RIGHT = np.array([True, True, False, True])
ANSWERS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def test_the_surest_answers_are_accepted_while_few_are_wrong() -> None:
    assert read_rate(SURE, RIGHT, 0.0) == 0.5
    assert read_rate(SURE, RIGHT, 0.25) == 1.0


def test_answers_of_one_confidence_are_accepted_together() -> None:
    same = np.array([0.9, 0.9])
    assert read_rate(same, np.array([True, False]), 0.1) == 0.0


def test_a_threshold_accepts_what_reaches_it() -> None:
    assert accepted_at(SURE, RIGHT, 0.9) == (3, 1)


@pytest.mark.parametrize(
    ("share", "threshold"), [(0.5, 0.98), (0.51, 0.9), (0.75, 0.9), (1.0, 0.6), (0.0, 1.0)]
)
def test_the_highest_threshold_that_accepts_a_share(share: float, threshold: float) -> None:
    assert threshold_accepting(SURE, share) == threshold


def test_a_share_of_answers_is_not_rounded_up_by_an_inexact_product() -> None:
    confidences = np.arange(100) / 100  # and 0.55 * 100 is a little more than 55
    assert (confidences >= threshold_accepting(confidences, 0.55)).sum() == 55


def test_the_curve_leads_through_every_threshold() -> None:
    assert risk_coverage(SURE, RIGHT) == [(0.25, 0), (0.5, 0), (0.75, 1 / 3), (1, 0.25)]


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    curve = risk_coverage(np.linspace(0, 1, 1_000), np.ones(1_000, bool))
    assert len(curve) == CURVE_POINTS
    assert (curve[0], curve[-1]) == ((0.001, 0), (1, 0))


def test_the_area_is_the_mean_risk() -> None:
    assert area_under_risk_coverage(SURE, RIGHT) == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4)


def test_a_confidence_that_means_what_it_says_has_no_calibration_error() -> None:
    rights = np.tile(np.arange(10) < 8, 15)
    assert calibration_error(np.full(150, 0.8), rights) == pytest.approx(0)


def test_too_much_confidence_is_measured() -> None:
    assert calibration_error(np.ones(30), np.zeros(30, bool)) == pytest.approx(1)


def test_the_bins_of_the_diagram_hold_every_answer() -> None:
    assert sum(part.share for part in reliability(SURE, RIGHT)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [  # As in the tables of binomial limits; none in n gives nearly 3/n one-sided, 3.7/n here.
        (0, 10, 0.0, 0.3085),
        (10, 10, 0.6915, 1.0),
        (5, 10, 0.1871, 0.8129),
        (1, 100, 0.00025, 0.0545),
        (99, 100, 0.9455, 0.99975),
        (0, 0, 0.0, 1.0),
    ],
)
def test_the_interval_is_exact(hits: int, count: int, low: float, high: float) -> None:
    assert interval(hits, count) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_many_answers_is_narrow() -> None:
    low, high = interval(9_960, 10_000)
    assert 0.994 < low < 0.996 < high < 0.998


def test_sources_that_agree_leave_no_doubt_of_their_mean() -> None:
    assert bootstrap_by_source([0.9] * 5) == pytest.approx((0.9, 0.9))


def test_sources_that_differ_make_their_mean_doubtful() -> None:
    low, high = bootstrap_by_source([1.0] * 8 + [0.0] * 2)
    # The tails of ten draws, of which each is 1 with 80 %: 5 or fewer have 3 %, 10 have 11 %.
    assert (low, high) == pytest.approx((0.5, 1.0))


def test_the_interval_of_sources_is_always_the_same() -> None:
    assert bootstrap_by_source([0.2, 0.7, 0.9]) == bootstrap_by_source([0.2, 0.7, 0.9])


@given(ANSWERS)
def test_every_measure_stays_between_none_and_all(answers: list[tuple[float, bool]]) -> None:
    confidences = np.array([confidence for confidence, _ in answers])
    rights = np.array([right for _, right in answers])
    for value in (
        read_rate(confidences, rights, 0.01),
        area_under_risk_coverage(confidences, rights),
        calibration_error(confidences, rights),
    ):
        assert -1e-9 <= value <= 1 + 1e-9


@given(ANSWERS)
def test_allowing_more_errors_never_accepts_less(answers: list[tuple[float, bool]]) -> None:
    confidences = np.array([confidence for confidence, _ in answers])
    rights = np.array([right for _, right in answers])
    rates = [read_rate(confidences, rights, error) for error in (0.0, 0.01, 0.1, 1.0)]
    assert rates == sorted(rates)
    assert rates[-1] == 1.0


def test_no_answers_have_measures() -> None:
    none = np.array([]), np.array([], bool)
    assert read_rate(*none, 0.01) == 0.0
    assert area_under_risk_coverage(*none) == 0.0
    assert calibration_error(*none) == 0.0
    assert risk_coverage(*none) == []
    assert threshold_accepting(none[0], 0.98) == 1.0
