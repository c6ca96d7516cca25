import numpy as np
import pytest

from mlmodel.fusion import Opinion
from mlmodel.lattice import Slot, best_text, likely_texts


def slot(presence: float, line: int = 0, **values: float) -> Slot:
    """A place where digits may stand; v3=0.9 gives the 3 this share, the others the rest."""
    known = {int(name[1:]): share for name, share in values.items()}
    rest = (1 - sum(known.values())) / (10 - len(known))
    shares = np.array([known.get(value, rest) for value in range(10)])
    return Slot(line, Opinion(presence, shares))


def test_no_places_have_an_empty_text() -> None:
    assert likely_texts([], 3) == [("", 1.0)]
    assert best_text([]) == ("", 1.0)


def test_the_likeliest_text_comes_first() -> None:
    slots = [slot(0.99, v4=0.9, v9=0.1), slot(0.98, v2=0.97)]
    texts = likely_texts(slots, 3)
    assert [text for text, _ in texts[:2]] == ["42", "92"]
    assert texts[0][1] == pytest.approx(0.99 * 0.9 * 0.98 * 0.97)
    assert best_text(slots) == pytest.approx(texts[0])


def test_a_place_may_be_empty() -> None:
    texts = dict(likely_texts([slot(0.9, v1=1.0), slot(0.3, v7=1.0)], 4))
    assert texts == pytest.approx({"1": 0.63, "17": 0.27, "": 0.07, "7": 0.03})


def test_ways_to_the_same_text_add_up() -> None:
    texts = dict(likely_texts([slot(0.5, v1=1.0), slot(0.5, v1=1.0)], 3))
    assert texts == pytest.approx({"1": 0.5, "11": 0.25, "": 0.25})


def test_a_bar_begins_a_line() -> None:
    slots = [slot(1, line, v3=1.0) for line in (0, 1, 1, 4)]
    assert best_text(slots)[0] == likely_texts(slots, 1)[0][0] == "3|33|3"


def test_a_line_without_digits_leaves_no_bar() -> None:
    slots = [slot(1, 0, v3=1.0), slot(0, 1, v3=1.0), slot(1, 2, v4=1.0)]
    assert best_text(slots)[0] == "3|4"


def test_probabilities_of_all_texts_sum_to_one() -> None:
    slots = [slot(0.7, v1=0.6, v7=0.4), slot(0.6, v2=1.0)]
    assert sum(share for _, share in likely_texts(slots, 1000)) == pytest.approx(1, abs=1e-4)
