import numpy as np
import pytest

from mlmodel.texts.fusion import Opinion
from mlmodel.texts.lattice import NO_DIGIT, Hypothesis, hypotheses


def place(presence: float, **values: float) -> Opinion:
    """Where a digit may stand; v3=0.9 gives the 3 this share, the others the rest."""
    known = {int(name[1:]): share for name, share in values.items()}
    rest = (1 - sum(known.values())) / (10 - len(known))
    return Opinion(presence, np.array([known.get(value, rest) for value in range(10)]))


def shares(found: list[Hypothesis]) -> dict[str, float]:
    return {hypothesis.text: float(np.exp(hypothesis.log)) for hypothesis in found}


def test_no_places_have_an_empty_text() -> None:
    assert hypotheses([], 3) == [Hypothesis("", 0.0, ())]


def test_the_likeliest_text_comes_first() -> None:
    found = hypotheses([place(0.99, v4=0.9, v9=0.1), place(0.98, v2=0.97)], 3)
    assert [hypothesis.text for hypothesis in found[:2]] == ["42", "92"]
    assert np.exp(found[0].log) == pytest.approx(0.99 * 0.9 * 0.98 * 0.97)


def test_a_place_may_be_empty() -> None:
    found = hypotheses([place(0.9, v1=1.0), place(0.3, v7=1.0)], 4)
    assert shares(found) == pytest.approx({"1": 0.63, "17": 0.27, "": 0.07, "7": 0.03})
    assert [h.values for h in found] == [
        (1, NO_DIGIT),
        (1, 7),
        (NO_DIGIT, NO_DIGIT),
        (NO_DIGIT, 7),
    ]


def test_ways_to_the_same_text_add_up_and_the_likeliest_is_kept() -> None:
    found = hypotheses([place(0.5, v1=1.0), place(0.4, v1=1.0)], 3)
    assert shares(found) == pytest.approx({"1": 0.5, "": 0.3, "11": 0.2})
    assert found[0].values == (1, NO_DIGIT)


def test_all_texts_together_are_certain() -> None:
    found = hypotheses([place(0.7, v1=0.6, v7=0.4), place(0.6, v2=1.0)], 1000)
    assert sum(shares(found).values()) == pytest.approx(1, abs=1e-4)


def test_a_place_that_can_hardly_be_anything_still_is_something() -> None:
    found = hypotheses([Opinion(1.0, np.full(10, 0.0))], 3)
    assert len(found) == 3
    assert np.isfinite([hypothesis.log for hypothesis in found]).all()
