from dataclasses import replace

import cv2
import numpy as np

from mlmodel.synthesis.fields import Field, write_field
from mlmodel.synthesis.hands import Writer, random_hand
from mlmodel.synthesis.shapes import MnistShapes


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
    marks = three_zeros(mnist, apart=0.3, links_zeros=True).marks
    assert [mark.value for mark in marks] == [0, 0, 0, None, None]


def test_zeros_far_apart_are_not_linked(mnist: MnistShapes) -> None:
    assert pieces(three_zeros(mnist, apart=1.2, links_zeros=True)) == 3
