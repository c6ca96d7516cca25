import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.digits.normalize import (
    DIGIT_BOX_PX,
    MIN_STROKE_PX,
    frame_digit,
    frame_digits,
    stroke_width,
)
from mlmodel.mnist.data import frame_samples, load_mnist

Ink = NDArray[np.float32]


def _bar(height: int, width: int, stroke: int) -> Ink:
    """A vertical stroke in the middle of a blank picture."""
    ink = np.zeros((height, width), np.float32)
    left = (width - stroke) // 2
    ink[height // 10 : -height // 10, left : left + stroke] = 1
    return ink


def _middle_of_mass(frame: Ink) -> tuple[float, float]:
    row, column = np.mgrid[:28, :28]
    return float((frame * row).sum() / frame.sum()), float((frame * column).sum() / frame.sum())


def _box(frame: Ink) -> tuple[int, int]:
    return int(np.ptp(np.flatnonzero(frame.any(axis=1)))) + 1, int(
        np.ptp(np.flatnonzero(frame.any(axis=0)))
    ) + 1


@pytest.mark.parametrize(("height", "width"), [(8, 5), (28, 28), (300, 200), (200, 700)])
def test_a_digit_of_any_size_fills_the_box(height: int, width: int) -> None:
    ink = np.zeros((height, width), np.float32)
    cv2.ellipse(ink, (width // 2, height // 2), (width // 3, height // 3), 0, 0, 360, 1, -1)
    assert max(_box(frame_digit(ink))) == DIGIT_BOX_PX


def test_the_centre_of_mass_lies_in_the_middle() -> None:
    ink = np.zeros((100, 100), np.float32)
    ink[10:90, 20:30] = 1
    ink[80:90, 20:70] = 1
    assert _middle_of_mass(frame_digit(ink)) == pytest.approx((14, 14), abs=0.51)


def test_background_around_the_digit_does_not_matter() -> None:
    ink = _bar(60, 40, 9)
    assert (frame_digit(np.pad(ink, 33)) == frame_digit(ink)).all()


def test_the_aspect_is_kept() -> None:
    ink = np.zeros((120, 120), np.float32)
    ink[10:110, 40:90] = 1
    assert _box(frame_digit(ink)) == (20, 10)


def test_a_thin_stroke_does_not_fade() -> None:
    frame = frame_digit(_bar(600, 400, 2))
    assert frame.max() == pytest.approx(1)
    assert stroke_width(frame) >= MIN_STROKE_PX / 2


def test_pale_ink_becomes_full_ink() -> None:
    assert frame_digit(0.2 * _bar(28, 28, 3)).max() == pytest.approx(1)


def test_no_ink_leaves_a_blank_frame() -> None:
    assert not frame_digit(np.zeros((50, 40), np.float32)).any()


def test_frames_stay_between_blank_and_full() -> None:
    frame = frame_digit(_bar(9, 9, 2))
    assert frame.dtype == np.float32
    assert frame.min() >= 0
    assert frame.max() <= 1


def test_no_digits_give_no_frames() -> None:
    assert frame_digits([]).shape == (0, 28, 28)


def test_mnist_is_already_framed() -> None:
    images = load_mnist().test.first(1000)
    change = np.abs(frame_samples(images) - images.images.astype(np.float32) / 255)
    assert np.mean(change.max(axis=(1, 2)) < 0.1) > 0.99
