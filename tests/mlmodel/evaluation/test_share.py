import pytest

from mlmodel.evaluation.share import Share


def test_a_share_knows_its_interval() -> None:
    share = Share.of(5, 10)
    assert (share.value, share.low, share.high) == pytest.approx((0.5, 0.1871, 0.8129), abs=5e-5)


def test_answers_are_counted_one_by_one() -> None:
    assert Share.of_true(answer > 1 for answer in (1, 2, 3)) == Share.of(2, 3)


def test_a_share_of_nothing_may_be_anything() -> None:
    assert Share.of(0, 0) == Share(hits=0, count=0, value=0.0, low=0.0, high=1.0)
