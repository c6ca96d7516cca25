from dataclasses import replace

import numpy as np
import pytest

from mlmodel.synthesis.hands import random_hand
from mlmodel.synthesis.shapes import MnistShapes
from mlmodel.synthesis.writing import Writer


def test_a_hand_writes_at_its_height(mnist: MnistShapes) -> None:
    heights = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        writer = Writer(random_hand(random, height_px=50), mnist, random)
        heights.append(writer.digit(seed % 10).shape[0])
    assert np.median(heights) == pytest.approx(50, abs=5)


def width_against_height(mnist: MnistShapes, value: int, zero_aspect: float) -> float:
    random = np.random.default_rng(5)
    hand = replace(random_hand(random, 40), zero_aspect=zero_aspect)
    grey = Writer(hand, mnist, random).digit(value)
    return float(grey.shape[1] / grey.shape[0])


def test_some_hands_write_flat_zeros(mnist: MnistShapes) -> None:
    flat, usual = width_against_height(mnist, 0, 1.6), width_against_height(mnist, 0, 1.0)
    assert flat > 1.3 * usual
    assert width_against_height(mnist, 8, 1.6) == width_against_height(mnist, 8, 1.0)


def test_a_1_may_lean_more_than_the_digits_beside_it(mnist: MnistShapes) -> None:
    random = np.random.default_rng(9)
    hand = replace(
        random_hand(random, 60),
        slant=0.0,
        slant_spread=0.0,
        font=None,
        forms=(0,) * 10,
        stroke=0.05,
    )
    widths = [
        Writer(replace(hand, one_lean=lean), mnist, np.random.default_rng(2)).digit(1).shape[1]
        for lean in (0.0, 0.3)
    ]
    assert widths[1] > widths[0] + 10
