from functools import lru_cache

import numpy as np
import pytest

from recognizer.checking.acceptance import LEVEL
from recognizer.checking.simulation import (
    AT_ONCE,
    CHECKED,
    CURVE_KNOWN,
    FIXED,
    MADE_UP,
    PLATT,
    Draw,
    Drawn,
    Kind,
    Outcome,
    Settings,
    always,
    best_accepted,
    check,
    drawn_from,
    mixed,
    parametric,
    simulate,
)
from recognizer.checking.simulation_report import broken, settled_of_best

BATCHES = 200


@lru_cache(maxsize=1)
def outcomes() -> list[Outcome]:
    """The same batches for all tests: they take seconds."""
    usual = [kind for kind in MADE_UP if kind.counts and kind.scale <= 1]
    return list(simulate(usual, Settings(), batches=BATCHES, seed=1))


def made_by(draw: Draw, size: int = 300) -> Drawn:
    return draw(np.random.default_rng(1), size)


def test_the_promise_is_kept() -> None:
    assert broken(outcomes()).value <= 1 - LEVEL


def test_it_pays() -> None:
    assert settled_of_best(outcomes()) > 0.7
    clean = [one for one in outcomes() if one.kind.name in {"clean", "all right"}]
    assert settled_of_best(clean) > 0.9


def test_the_intervals_hold() -> None:
    held = np.mean([one.interval_held for one in outcomes()])
    assert held > 1 - 2 * (1 - LEVEL)


def test_the_cards_threshold_and_a_plain_refit_break_the_promise() -> None:
    for way in (FIXED, PLATT):
        assert broken(outcomes(), way).low > 1 - LEVEL


def test_nothing_is_accepted_where_everything_turns_out_wrong() -> None:
    for one in outcomes():
        if one.kind.name == "all wrong":
            assert one.results[CHECKED].accepted == 0


def test_at_most_so_many_checks_are_asked_for() -> None:
    assert max(one.checks for one in outcomes()) <= 60
    assert all(one.checks <= 19 for one in outcomes() if one.kind.name == "small")


def test_a_batch_is_decided_by_seed_and_number_alone() -> None:
    few = list(simulate(MADE_UP[:3], Settings(size=60), batches=3, seed=5))
    again = list(simulate(MADE_UP[:3], Settings(size=60), batches=2, seed=5))
    other = list(simulate(MADE_UP[:3], Settings(size=60), batches=2, seed=6))
    assert few[:2] == again != other


def test_more_checks_never_end_with_more_wrong_than_promised() -> None:
    made = made_by(parametric((0.85, 5.5, 1.5), (0.15, 1.0, 1.5), shift=0.2), 400)
    states = list(check(made, Settings(), checks=400, seed=3))
    for state in states:
        assert state.acceptance.interval[1] <= state.acceptance.allowed
    # In the end there is nothing left to ask.
    assert states[-1].ask_next(10).size == 0


@pytest.mark.parametrize(
    ("confidences", "right", "accepted"),
    [
        ([0.9, 0.8, 0.7, 0.6], [True, True, False, True], 2),
        ([0.9, 0.8, 0.8, 0.6], [True, True, False, True], 1),
        ([0.9, 0.8, 0.7, 0.6], [False, True, True, True], 0),
        ([0.9, 0.8, 0.0, 0.0], [True, True, True, True], 2),
        ([], [], 0),
    ],
)
def test_the_best_threshold_knows_all(
    confidences: list[float], right: list[bool], accepted: int
) -> None:
    made = Drawn(np.array(confidences), np.array(right, np.bool_), np.zeros(len(right)))
    assert best_accepted(made, 0.01).sum() == accepted


def test_the_best_threshold_may_have_wrong_ones_above_it() -> None:
    right = np.ones(200, np.bool_)
    right[:2] = False
    made = Drawn(np.linspace(0.999, 0.9, 200), right, np.zeros(200))
    assert best_accepted(made, 0.01).sum() == 200


def test_texts_are_as_often_wrong_as_their_probability_says() -> None:
    made = made_by(parametric((1.0, 2.0, 2.0), shift=-0.5, floor=0.02), 20_000)
    assert (~made.right).mean() == pytest.approx(made.wrong_share.mean(), abs=0.01)


def test_rounded_confidences_are_equal_now_and_then() -> None:
    made = made_by(parametric((1.0, 4.0, 1.0), decimals=2))
    assert len(set(made.confidences)) < 50


def test_a_set_of_answers_is_drawn_with_its_outcomes() -> None:
    draw = drawn_from(np.array([0.99, 0.6, 0.0]), np.array([True, False, False]))
    made = made_by(draw)
    assert set(zip(made.confidences, made.right, strict=True)) == {
        (0.99, True),
        (0.6, False),
        (0.0, False),
    }
    assert (made.wrong_share[made.confidences == 0] == 1).all()


def test_a_mixture_has_texts_of_both_sources() -> None:
    one, other = (drawn_from(np.array([c]), np.array([True])) for c in (0.9, 0.8))
    made = made_by(mixed([one, other]))
    assert set(made.confidences) == {0.9, 0.8}
    assert made.right.size == 300


def test_everything_can_be_right_or_wrong() -> None:
    source = parametric((1.0, 2.0, 2.0))
    assert made_by(always(source, right=True)).right.all()
    assert not made_by(always(source, right=False)).right.any()


def test_whoever_knows_the_curve_accepts_no_batch_that_is_all_wrong() -> None:
    kind = Kind("all wrong", always(parametric((1.0, 6.0, 1.0)), right=False))
    (outcome,) = simulate([kind], Settings(size=100), batches=1, seed=1)
    assert outcome.results[CURVE_KNOWN].accepted == 0
    assert outcome.results[AT_ONCE].accepted > 0
