"""A training of the digits' network on varied MNIST and on frames cut from pictures."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.normalize import FRAME_SIDE_PX
from mlmodel.mnist.data import Samples, frame_samples, load_mnist, split
from mlmodel.synthesis.shapes import as_grey
from mlmodel.training.digits.augmentation import augment
from mlmodel.training.digits.config import DigitsConfig
from mlmodel.training.digits.network import build_network
from mlmodel.training.digits.pool import cut_frames
from mlmodel.training.fitting import Batch, Batches, Goal, fit
from mlmodel.training.progress import Report, share_of

_EVALUATION_BATCH = 500


@dataclass(frozen=True)
class Frames:
    """Frames to train with: MNIST's, and digits and others that are cut from pictures.

    Each pair is (n, 28, 28) float32 in 0..1, and (n,) uint8 labels, 0..9 or OTHER.
    """

    mnist: tuple[NDArray[np.float32], NDArray[np.uint8]]
    digits: tuple[NDArray[np.float32], NDArray[np.uint8]]
    others: tuple[NDArray[np.float32], NDArray[np.uint8]]


def train_digits(config: DigitsConfig, folder: Path, report: Report) -> tuple[Any, int, float]:
    """Train a network for single digits, or go on with a training that was interrupted.

    Args:
        folder: where frames and checkpoints are stored.

    Returns:
        The keras.Model with averaged weights, the number of frames it was trained on, and its
        accuracy, 0..1, on samples of MNIST that are held out.
    """
    import keras

    keras.utils.set_random_seed(config.seed)
    training, held_out = split(load_mnist().training, config.held_out)
    training = training.first(config.training_samples)
    digits, others = cut_frames(config, folder, share_of("pictures of digits", report))
    frames = Frames(
        (frame_samples(training), training.labels), _as_frames(digits), _as_frames(others)
    )
    network = build_network(config.widths, config.dropout)
    validation_frames = frame_samples(held_out)
    fit(
        network,
        Goal("sparse_categorical_crossentropy", "accuracy"),
        augmented_batches(frames, config),
        _plain_batches(validation_frames, held_out.labels),
        config,
        folder,
        "digits",
        report,
    )
    answers = np.asarray(network(validation_frames[..., np.newaxis], training=False))
    accuracy = float((answers.argmax(axis=1) == held_out.labels).mean())
    return network, len(training) + len(digits) + len(others), accuracy


def _as_frames(samples: Samples) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    return as_grey(samples.images), samples.labels


def augmented_batches(frames: Frames, config: DigitsConfig) -> Batches:
    """Batches that show every sample of MNIST once an epoch, mixed with some of the other frames.

    A batch is (batch, 28, 28, 1) float32 in 0..1, and (batch,) uint8 labels; the seed of the
    configuration decides them all.
    """
    size = config.batch_size
    count = len(frames.mnist[1])
    shown = (count, round(config.cut_share * count), round(config.other_share * count))

    def of_epoch(epoch: int) -> Iterator[Batch]:
        is_calm = epoch >= (1 - config.calm_share) * config.epochs
        strength = config.augmentation.halved() if is_calm else config.augmentation
        images, labels = _shown_in(frames, shown, np.random.default_rng([config.seed, epoch]))
        for step in range(len(labels) // size):
            batch = np.s_[step * size : (step + 1) * size]
            random = np.random.default_rng([config.seed, epoch, step])
            varied = augment(images[batch], strength, random)
            yield varied[..., np.newaxis], labels[batch]

    return Batches(of_epoch, sum(shown) // size, *_SHAPES)


_SHAPES = ((None, FRAME_SIDE_PX, FRAME_SIDE_PX, 1), (None,), "uint8")


def _shown_in(
    frames: Frames, shown: tuple[int, int, int], random: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """The frames of one epoch in their order; where there are too few, frames are repeated.

    Args:
        shown: how many frames of MNIST, of digits and of others are shown.
    """
    parts = (frames.mnist, frames.digits, frames.others)
    chosen = [
        (part[0][picked], part[1][picked])
        for part, count in zip(parts, shown, strict=True)
        for picked in [np.resize(random.permutation(len(part[1])), count)]
    ]
    order = random.permutation(sum(shown))
    images, labels = (np.concatenate(part)[order] for part in zip(*chosen, strict=True))
    return images, labels


def _plain_batches(frames: NDArray[np.float32], labels: NDArray[np.uint8]) -> Batches:
    def of_epoch(_epoch: int) -> Iterator[Batch]:
        for start in range(0, len(labels), _EVALUATION_BATCH):
            batch = np.s_[start : start + _EVALUATION_BATCH]
            yield frames[batch, ..., np.newaxis], labels[batch]

    return Batches(of_epoch, -(-len(labels) // _EVALUATION_BATCH), *_SHAPES)
