import pytest

from recognizer.checking.simulation import CHECKED, WAYS, Kind, Outcome, Result, Settings
from recognizer.checking.simulation import parametric as draw
from recognizer.checking.simulation_report import (
    accepted_of_best,
    as_markdown,
    broken,
    settled_of_best,
)

TEXTS = draw((1.0, 3.0, 2.0))
USUAL, STRESS = Kind("usual", TEXTS), Kind("stress", TEXTS, counts=False)


def make_outcome(
    kind: Kind = USUAL, size: int = 100, accepted: int = 60, wrong: int = 0, best: int = 80
) -> Outcome:
    result = Result(accepted, wrong, settled=accepted + 10, broken=wrong > 0)
    return Outcome(kind, size, best, 10, True, dict.fromkeys(WAYS, result))


def test_batches_that_nothing_is_promised_for_do_not_count() -> None:
    share = broken([make_outcome(), make_outcome(wrong=1), make_outcome(STRESS, wrong=1)])
    assert (share.hits, share.count) == (1, 2)


def test_every_batch_weighs_the_same() -> None:
    outcomes = [make_outcome(accepted=40), make_outcome(size=10, accepted=8, best=8)]
    assert accepted_of_best(outcomes) == pytest.approx(1.2 / 1.6)
    assert settled_of_best([make_outcome()]) == pytest.approx(70 / 80)


def test_where_the_best_accepts_nothing_there_is_no_share() -> None:
    nothing = make_outcome(accepted=0, best=0)
    assert accepted_of_best([nothing]) == 0
    assert "| usual | 1 | 10 | 0.0 % | 0.0 % |  |  |  | 0.00 % |" in as_markdown(
        [nothing], Settings()
    )


def test_it_tells_each_way_and_each_kind() -> None:
    told = as_markdown([make_outcome(), make_outcome(STRESS, wrong=1)], Settings())
    assert f"| {CHECKED} | 0 of 1, 0.0 % | 0.0 % to 97.5 % | 75.0 % | 87.5 % |" in told
    assert "| stress | 1 | 10 | 80.0 % | 100.0 % | 75.0 % | 87.5 % | 75.0 % | 1.00 % |" in told
    assert "| all | 1 | 10 | 80.0 % | 0.0 % |" in told
    assert "| all of the usual size | 1 | 10 | 80.0 % | 0.0 % |" in told
    assert all(f"| {way} |" in told for way in WAYS)
