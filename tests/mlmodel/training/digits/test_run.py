from dataclasses import replace

import numpy as np

from mlmodel.digits.classifier import OTHER
from mlmodel.mnist.data import frame_samples, load_mnist
from mlmodel.training.digits.augmentation import Augmentation
from mlmodel.training.digits.config import DigitsConfig
from mlmodel.training.digits.run import Frames, augmented_batches

STILL = Augmentation(**dict.fromkeys(Augmentation.__dataclass_fields__, 0))
TINY = DigitsConfig(seed=3, batch_size=50, cut_share=0.25, other_share=0.25)


def frames(count: int = 200) -> Frames:
    samples = load_mnist().training.first(count)
    images = frame_samples(samples)
    others = np.zeros((30, 28, 28), np.float32), np.full(30, OTHER, np.uint8)
    return Frames((images, samples.labels), (images[:20], samples.labels[:20]), others)


def test_the_seed_and_the_epoch_decide_order_and_augmentation() -> None:
    def shown(seed: int, epoch: int) -> list[np.ndarray]:
        batches = augmented_batches(frames(), replace(TINY, seed=seed))
        return [images for images, _ in batches.of_epoch(epoch)]

    first = shown(1, 0)
    assert len(first) == 6
    assert all((a == b).all() for a, b in zip(first, shown(1, 0), strict=True))
    assert all((a != b).any() for a, b in zip(first, shown(2, 0), strict=True))
    assert all((a != b).any() for a, b in zip(first, shown(1, 1), strict=True))


def test_an_epoch_shows_every_sample_of_mnist_once_and_some_others() -> None:
    batches = augmented_batches(frames(), replace(TINY, augmentation=STILL))
    shown = list(batches.of_epoch(0))
    labels = np.concatenate([labels for _, labels in shown])
    assert len(shown) == batches.count == 6
    assert (labels == OTHER).sum() == 50
    known = np.bincount(labels[labels != OTHER], minlength=10)
    mnist = frames().mnist[1]
    assert (known >= np.bincount(mnist, minlength=10)).all()
    assert known.sum() == len(mnist) + 50


def test_batches_are_frames() -> None:
    shown = list(augmented_batches(frames(), TINY).of_epoch(0))
    assert len(shown) == 6
    for images, labels in shown:
        assert images.shape == (50, 28, 28, 1)
        assert images.dtype == np.float32
        assert 0 <= images.min() <= images.max() <= 1
        assert labels.shape == (50,)
