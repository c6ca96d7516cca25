from itertools import islice, pairwise

import numpy as np
import pytest

from mlmodel.lines.strips import DIGIT_HEIGHT_PX, STRIP_HEIGHT_PX
from mlmodel.synthesis.photograph import KnownDigit, Picture
from mlmodel.synthesis.shapes import MnistShapes
from mlmodel.training.samples import Sample, samples, samples_of
from tests.mlmodel.pictures import on_paper, written

SAMPLES = 150


@pytest.fixture(scope="module")
def some(mnist: MnistShapes) -> list[Sample]:
    return list(islice(samples(mnist, seed=2), SAMPLES))


def test_boxes_and_values_go_together_from_left_to_right(some: list[Sample]) -> None:
    for sample in some:
        assert sample.boxes.shape == (len(sample.values), 4)
        middles = (sample.boxes[:, 0] + sample.boxes[:, 2]) / 2
        assert all(one <= other for one, other in pairwise(middles))


def test_strips_are_those_of_reading(some: list[Sample]) -> None:
    for sample in some:
        assert sample.pixels.shape[0] == STRIP_HEIGHT_PX
        assert sample.pixels.dtype == np.float32


def test_digits_are_of_the_usual_height(some: list[Sample]) -> None:
    boxes = np.concatenate([sample.boxes for sample in some])
    assert np.median(boxes[:, 3] - boxes[:, 1]) == pytest.approx(DIGIT_HEIGHT_PX, abs=4)


def test_the_seed_decides_the_samples(mnist: MnistShapes, some: list[Sample]) -> None:
    again = islice(samples(mnist, seed=2), 10)
    for one, other in zip(some, again, strict=False):
        assert (one.pixels == other.pixels).all()
        assert (one.values == other.values).all()


def known(digits: tuple[KnownDigit, ...]) -> list[Sample]:
    """The samples of a picture of "35" that is labelled with these digits."""
    return list(samples_of(Picture(on_paper(written("35", digit_px=60)), digits)))


def test_a_digit_is_labelled_where_it_stands() -> None:
    # `written` puts each digit into a cell of 84 pixels, with half a cell around the whole.
    (sample,) = known((KnownDigit(3, (60, 54, 48, 60)), KnownDigit(5, (144, 54, 48, 60))))
    assert sample.values.tolist() == [3, 5]
    first, second = sample.boxes
    assert first[2] < second[0]
    columns = np.flatnonzero((sample.pixels > 0.5).any(axis=0))
    assert first[0] == pytest.approx(columns[0], abs=4)
    assert second[2] == pytest.approx(columns[-1], abs=4)


def test_a_digit_of_another_line_is_not_labelled() -> None:
    (sample,) = known((KnownDigit(3, (60, 400, 48, 60)),))
    assert sample.values.size == 0


def test_a_strip_with_half_a_digit_in_it_is_left_out() -> None:
    assert known((KnownDigit(3, (60, 112, 48, 60)),)) == []
