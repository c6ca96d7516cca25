from collections import defaultdict
from itertools import groupby, product

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.lines.columns import ANSWERS, CLASSES, NONE, SEQUENCE
from mlmodel.lines.ctc import best_path_log, column_shares, text_logs


def by_every_way(shares: NDArray[np.float64]) -> dict[str, float]:
    """Each text's probability, by following every way through the columns."""
    texts: defaultdict[str, float] = defaultdict(float)
    for way in product(range(shares.shape[1]), repeat=len(shares)):
        said = [value for value, _ in groupby(way) if value != NONE]
        texts["".join(map(str, said))] += float(np.prod(shares[range(len(way)), way]))
    return dict(texts)


@pytest.fixture
def shares() -> NDArray[np.float64]:
    return np.random.default_rng(5).dirichlet(np.full(CLASSES, 0.4), size=4)


def test_a_text_is_as_likely_as_all_ways_to_say_it(shares: NDArray[np.float64]) -> None:
    expected = by_every_way(shares)
    texts = sorted(expected)
    assert np.exp(text_logs(shares, texts)) == pytest.approx([expected[t] for t in texts], abs=1e-9)
    assert np.exp(text_logs(shares, texts)).sum() == pytest.approx(1)


def test_a_text_does_not_depend_on_its_company(shares: NDArray[np.float64]) -> None:
    alone = [float(text_logs(shares, [text])[0]) for text in ("", "7", "1233")]
    assert text_logs(shares, ["", "7", "1233"]) == pytest.approx(alone)


def test_the_logarithm_of_many_columns_is_exact() -> None:
    shares = np.full((100, CLASSES), 0.01)
    shares[:, NONE] = 0.9
    none, one = text_logs(shares, ["", "7"])
    assert none == pytest.approx(100 * np.log(0.9))
    # The 7 is said in one column or in several side by side.
    runs = sum((100 - n + 1) * 0.01**n * 0.9 ** (100 - n) for n in range(1, 101))
    assert one == pytest.approx(np.log(runs))


def test_two_that_are_alike_need_a_gap() -> None:
    shares = np.full((3, CLASSES), 1e-6)
    shares[:, 4] = 1
    assert np.exp(text_logs(shares, ["4"]))[0] == pytest.approx(1, abs=1e-4)
    assert np.exp(text_logs(shares, ["44"]))[0] < 1e-4
    shares[1, 4], shares[1, NONE] = 0, 1
    assert np.exp(text_logs(shares, ["44"]))[0] == pytest.approx(1, abs=1e-4)


def test_a_text_that_cannot_be_said_is_very_unlikely_and_finite() -> None:
    shares = np.zeros((2, CLASSES))
    shares[:, NONE] = 1
    (log,) = text_logs(shares, ["12345"])
    assert np.isfinite(log)
    assert log < -30


def test_columns_share_what_the_network_says_of_the_text() -> None:
    answer = np.zeros((6, ANSWERS), np.float32)
    answer[:, SEQUENCE.start + NONE] = 3
    shares = column_shares(answer)
    assert shares.shape == (6, CLASSES)
    assert shares.sum(axis=1) == pytest.approx(np.ones(6))
    assert (shares.argmax(axis=1) == NONE).all()


def test_the_best_path_is_the_likeliest_way() -> None:
    answer = np.zeros((3, ANSWERS), np.float32)
    assert best_path_log(column_shares(answer)) == pytest.approx(3 * np.log(1 / CLASSES))
    answer[:, SEQUENCE.start + 4] = 30
    assert best_path_log(column_shares(answer)) == pytest.approx(0, abs=1e-6)
