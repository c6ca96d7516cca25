import numpy as np

from mlmodel.synthesis.patterns import random_digits


def test_a_1_stands_last_more_often_than_elsewhere() -> None:
    random = np.random.default_rng(1)
    texts = np.array([random_digits("0000", random) for _ in range(3_000)])
    ones = (texts == 1).mean(axis=0)
    assert ones[3] > ones[:3].max() + 0.03
    assert all(random_digits("0-", random)[-1] == "-" for _ in range(100))
