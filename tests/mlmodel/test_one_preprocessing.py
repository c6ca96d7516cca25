"""One preprocessing serves training and reading: a picture through both gives one frame."""

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.digits import normalize
from mlmodel.mnist import data
from mlmodel.mnist.data import Samples, frame_samples
from mlmodel.reader import read
from mlmodel.texts import candidates
from tests.mlmodel.pictures import clear_digits, on_paper, photographed, written

Levels = NDArray[np.int_]


def _trained_on(value: int) -> Levels:
    """The frame that training sees, 0..255, of the digit that `written` writes first."""
    samples = Samples(clear_digits()[value][:1], np.array([value], np.uint8))
    return np.asarray(np.round(frame_samples(samples)[0] * 255), int)


def _difference(frame: NDArray[np.uint8], trained_on: Levels, shift_px: int = 0) -> float:
    """The mean difference in grey levels, where the best shift up to shift_px is forgiven."""
    shifts = range(-shift_px, shift_px + 1)
    moved = (
        np.roll(frame.astype(int), (row, column), (0, 1)) for row in shifts for column in shifts
    )
    return min(float(np.abs(one - trained_on).mean()) for one in moved)


def test_training_and_reading_share_one_function() -> None:
    for module in (data, candidates):
        assert vars(module)["frame_digits"] is normalize.frame_digits


@pytest.mark.parametrize("value", range(10))
def test_one_picture_gives_one_frame_in_training_and_reading(value: int) -> None:
    ink = (written(str(value), digit_px=100) > 0.5).astype(np.float32)
    samples = Samples((255 * ink[np.newaxis]).astype(np.uint8), np.zeros(1, np.uint8))
    trained_on = np.round(frame_samples(samples)[0] * 255).astype(int)
    frame = read(on_paper(ink)).digits[0].frame
    assert _difference(frame, trained_on) < 0.1


@pytest.mark.parametrize("value", range(10))
def test_an_mnist_digit_on_paper_is_read_in_its_training_frame(value: int) -> None:
    # Paper has no faint edges, which may move the centre of mass across a rounding.
    frame = read(on_paper(written(str(value), digit_px=20))).digits[0].frame
    assert _difference(frame, _trained_on(value), shift_px=1) < 2


@pytest.mark.parametrize("value", range(10))
@pytest.mark.parametrize("digit_px", [100, 300])
def test_a_digit_drawn_large_comes_to_the_same_frame(value: int, digit_px: int) -> None:
    # Larger strokes move the centre of mass across a rounding: one pixel is forgiven.
    frame = read(on_paper(written(str(value), digit_px))).digits[0].frame
    assert _difference(frame, _trained_on(value), shift_px=1) < 12


@pytest.mark.parametrize("value", range(10))
def test_a_digit_photographed_comes_to_the_same_frame(value: int) -> None:
    frame = read(photographed(on_paper(written(str(value), digit_px=100)))).digits[0].frame
    assert _difference(frame, _trained_on(value), shift_px=1) < 12


def test_another_digit_has_another_frame() -> None:
    frame = read(on_paper(written("3", digit_px=100))).digits[0].frame
    assert _difference(frame, _trained_on(8), shift_px=1) > 20
