import numpy as np
import pytest

from mlmodel.odds import logit


def test_even_odds_have_the_logarithm_zero() -> None:
    assert logit(0.5) == pytest.approx(0)
    assert logit([0.9, 0.1]) == pytest.approx([np.log(9), -np.log(9)])


def test_certainties_stay_finite() -> None:
    assert np.isfinite(logit([0.0, 1.0])).all()
