from itertools import pairwise

import cv2
import numpy as np
import pytest

from mlmodel.synthesis.zeros import linked_zeros

HEIGHT_PX, STROKE_PX = 40.0, 4.0


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("count", [2, 5])
def test_zeros_in_one_go_are_one_stroke_with_a_ring_in_each_box(count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    grey, boxes = linked_zeros(count, HEIGHT_PX, 0.0, STROKE_PX, random)
    inked = (grey > 0.3).astype(np.uint8)
    assert cv2.connectedComponents(inked)[0] == 1 + 1  # the paper, and the stroke
    assert len(boxes) == count
    for x, y, width, height in boxes:
        assert 0 <= x < x + width <= grey.shape[1]
        assert 0 <= y < y + height <= grey.shape[0]
        assert not inked[y + height // 2, x + width // 2], "ink in the middle of a ring"
        part = inked[y : y + height, x : x + width]
        edges = part[:2], part[-2:], part[:, :2], part[:, -2:]
        assert all(edge.any() for edge in edges), "a box does not end where its ring does"


def test_zeros_in_one_go_stand_from_left_to_right_and_as_high_as_asked() -> None:
    random = np.random.default_rng(2)
    _, boxes = linked_zeros(4, HEIGHT_PX, 0.2, STROKE_PX, random)
    assert all(left[0] < right[0] for left, right in pairwise(boxes))
    assert np.median([height for _, _, _, height in boxes]) == pytest.approx(HEIGHT_PX, rel=0.25)


def test_zeros_in_one_go_lean_as_the_hand_does() -> None:
    def lean(slant: float) -> float:
        grey, _ = linked_zeros(2, HEIGHT_PX, slant, STROKE_PX, np.random.default_rng(4))
        half = grey.shape[0] // 2
        above, below = (np.nonzero(part)[1].mean() for part in (grey[:half], grey[half:]))
        return float(above - below)

    assert lean(0.5) > lean(0.0) + 0.3 * 0.5 * HEIGHT_PX
