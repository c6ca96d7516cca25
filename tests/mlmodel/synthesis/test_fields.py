from dataclasses import replace

import cv2
import numpy as np
import pytest

from mlmodel.synthesis.fields import Field, write_field
from mlmodel.synthesis.hands import random_hand
from mlmodel.synthesis.shapes import MnistShapes
from mlmodel.synthesis.writing import Writer


def three_zeros(mnist: MnistShapes, *, apart: float, links_zeros: bool) -> Field:
    random = np.random.default_rng(7)
    hand = replace(
        random_hand(random, 40), gap=apart, gap_spread=0.0, font=None, links_zeros=links_zeros
    )
    return write_field([0, 0, 0], Writer(hand, mnist, random), random)


def pieces(field: Field) -> int:
    labels, _ = cv2.connectedComponents((field.ink > 0.3).astype(np.uint8))
    return int(labels) - 1


def test_a_hand_that_links_zeros_writes_them_in_one_go(mnist: MnistShapes) -> None:
    assert pieces(three_zeros(mnist, apart=0.3, links_zeros=False)) == 3
    assert pieces(three_zeros(mnist, apart=0.3, links_zeros=True)) == 1


def test_a_link_is_no_part_of_a_digit(mnist: MnistShapes) -> None:
    field = three_zeros(mnist, apart=0.3, links_zeros=True)
    *zeros, whole = field.marks
    assert [mark.character for mark in zeros] == ["0", "0", "0"]
    assert not whole.character
    assert whole.grey.shape == field.ink.shape
    assert all(zero.grey.shape[1] < whole.grey.shape[1] / 2 for zero in zeros)


def test_zeros_far_apart_are_not_linked(mnist: MnistShapes) -> None:
    assert pieces(three_zeros(mnist, apart=1.2, links_zeros=True)) == 3


def test_one_zero_is_written_as_any_digit(mnist: MnistShapes) -> None:
    random = np.random.default_rng(7)
    hand = replace(random_hand(random, 40), links_zeros=True)
    marks = write_field([0, 5, 0], Writer(hand, mnist, random), random).marks
    assert [mark.character for mark in marks] == ["0", "5", "0"]


@pytest.mark.parametrize("slant", [-0.3, 0.0, 0.7])
def test_a_slash_leans_more_than_the_ones_of_its_hand(mnist: MnistShapes, slant: float) -> None:
    random = np.random.default_rng(3)
    hand = replace(random_hand(random, 40), slant=slant, stroke=0.05)
    (slash,) = write_field(["/"], Writer(hand, mnist, random), random).marks
    height, width = slash.grey.shape
    assert slash.character == "/"
    assert width / height > slant + 0.2
