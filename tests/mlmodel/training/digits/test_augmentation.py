from dataclasses import fields, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.mnist.data import frame_samples, load_mnist
from mlmodel.training.digits.augmentation import (
    Augmentation,
    add_debris,
    augment,
    bend,
    change_stroke,
    change_tone,
)

STILL = Augmentation(**dict.fromkeys((field.name for field in fields(Augmentation)), 0))


@pytest.fixture(scope="module")
def frames() -> NDArray[np.float32]:
    return frame_samples(load_mnist().training.first(200))


def _random() -> np.random.Generator:
    return np.random.default_rng(3)


def test_frames_keep_their_shape_type_and_range(frames: NDArray[np.float32]) -> None:
    varied = augment(frames, Augmentation(), _random())
    assert varied.shape == frames.shape
    assert varied.dtype == np.float32
    assert varied.min() >= 0
    assert varied.max() <= 1


def test_every_frame_is_varied_in_its_own_way(frames: NDArray[np.float32]) -> None:
    same = np.repeat(frames[:1], 20, axis=0)
    varied = augment(same, Augmentation(), _random())
    assert len({frame.tobytes() for frame in varied}) == 20


def test_the_given_frames_stay_as_they_are(frames: NDArray[np.float32]) -> None:
    before = frames.copy()
    augment(frames, Augmentation(), _random())
    assert (frames == before).all()


def test_the_seed_decides_the_variation(frames: NDArray[np.float32]) -> None:
    first, again = (augment(frames, Augmentation(), _random()) for _ in range(2))
    assert (first == again).all()


def test_no_strength_means_no_change(frames: NDArray[np.float32]) -> None:
    assert np.abs(augment(frames, STILL, _random()) - frames).max() < 1e-5


def test_no_frames_stay_no_frames() -> None:
    empty = np.zeros((0, 28, 28), np.float32)
    assert augment(empty, Augmentation(), _random()).shape == (0, 28, 28)


def test_a_blank_frame_gains_no_ink() -> None:
    blank = np.zeros((5, 28, 28), np.float32)
    assert not bend(change_stroke(blank, Augmentation(), _random()), STILL, _random()).any()


def test_a_shift_moves_the_ink() -> None:
    dot = np.zeros((30, 28, 28), np.float32)
    dot[:, 14, 14] = 1
    moved = bend(dot, replace(STILL, shift_px=2), _random())
    rows = {int(np.unravel_index(frame.argmax(), frame.shape)[0]) for frame in moved}
    assert rows == {12, 13, 14, 15, 16}


def test_strokes_become_wider_and_thinner(frames: NDArray[np.float32]) -> None:
    ink = frames.sum(axis=(1, 2))
    varied = change_stroke(frames, Augmentation(), _random()).sum(axis=(1, 2))
    assert (varied > 1.3 * ink).any()
    assert (varied < 0.8 * ink).any()


def test_debris_touches_only_the_sides(frames: NDArray[np.float32]) -> None:
    strength = replace(STILL, debris_share=1)
    changed = (add_debris(frames, strength, _random()) != frames).any(axis=(0, 1))
    assert changed[:7].any()
    assert changed[-7:].any()
    assert not changed[7:-7].any()


def test_noise_comes_to_its_share_of_frames(frames: NDArray[np.float32]) -> None:
    strength = replace(STILL, noise=0.1, noisy_share=0.25)
    noisy = (change_tone(frames, strength, _random()) != frames).any(axis=(1, 2))
    assert noisy.mean() == pytest.approx(0.25, abs=0.1)
