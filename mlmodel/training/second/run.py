"""A training of the second reader on looks at pictures, and its measure on others."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlmodel.pretrained import WEIGHTS
from mlmodel.second.alphabet import NONE
from mlmodel.second.look import HEIGHT_PX
from mlmodel.training.fitting import Batch, Batches, Goal, batch_order, fit
from mlmodel.training.progress import Report, share_of
from mlmodel.training.second.config import Phase, SecondConfig
from mlmodel.training.second.network import (
    build_second_network,
    freeze_pretrained,
    take_pretrained,
)
from mlmodel.training.second.pool import (
    MOST_CHARACTERS,
    Pool,
    training_pool,
    validation_pool,
)
from mlmodel.training.second.variation import vary

_PREDICTED_AT_ONCE = 64


def train_second(config: SecondConfig, folder: Path, report: Report) -> tuple[Any, int, float]:
    """Train a second reader, or go on with a training that was interrupted.

    Args:
        folder: where looks and checkpoints are stored, about 1 GB.

    Returns:
        The keras.Model with averaged weights, the number of looks it was trained on, and the share
        of validation looks, 0..1, in which it reads every character.
    """
    import keras

    keras.utils.set_random_seed(config.seed)
    pool = training_pool(config, folder, share_of("looks at lines", report))
    held_out = validation_pool(config, folder, share_of("looks held out", report))
    network = build_second_network(config.dropout)
    take_pretrained(network, WEIGHTS)
    for name, phase, blocks in (
        ("head", config.head, None),
        ("whole", config.whole, config.frozen_blocks),
    ):
        if phase.epochs:
            freeze_pretrained(network, blocks)
            _fit(network, name, phase, pool, held_out, config, folder, report)
    return network, sum(map(len, pool.values())), share_exact(network, held_out)


def _fit(
    network: Any,
    name: str,
    phase: Phase,
    pool: Pool,
    held_out: Pool,
    config: SecondConfig,
    folder: Path,
    report: Report,
) -> None:
    training = _batches(pool, config, varied=True)
    validation = _batches(held_out, config, varied=False)
    goal = Goal(text_loss, largest_gradient=config.largest_gradient)
    place = folder / name
    fit(network, goal, training, validation, phase, place, f"second reader, {name}", report)


def text_loss(classes: Any, logits: Any) -> Any:
    """The negative log-probability of each look's text, wherever its characters stand.

    Connectionist temporal classification (Graves et al., 2006).

    Args:
        classes: (n, 24), from left to right, filled up with -1.
        logits: (n, columns, 22).

    Returns:
        (n,) float32, 0 or more.
    """
    import tensorflow as tf

    lengths = tf.reduce_sum(tf.cast(classes >= 0, tf.int32), axis=1)
    columns = tf.fill(tf.shape(classes)[:1], tf.shape(logits)[1])
    # Sparse labels run in native code, which accepts no empty text: these are given a character
    # there, and their loss is replaced by that of none in any column.
    given = tf.where(
        (lengths == 0)[:, tf.newaxis] & (tf.range(MOST_CHARACTERS) == 0),
        tf.zeros_like(classes),
        classes,
    )
    texts = tf.sparse.from_dense(tf.cast(given, tf.int32) + 1)
    texts = tf.SparseTensor(texts.indices, texts.values - 1, texts.dense_shape)
    of_text = tf.nn.ctc_loss(
        texts, logits, None, columns, logits_time_major=False, blank_index=NONE
    )
    of_none = -tf.reduce_sum(tf.nn.log_softmax(logits)[..., NONE], axis=1)
    return tf.where(lengths == 0, of_none, of_text)


def share_exact(network: Any, pool: Pool) -> float:
    """The share of looks, 0..1, whose likeliest path says what is written."""
    right = total = 0
    for looks in pool.values():
        for start in range(0, len(looks), _PREDICTED_AT_ONCE):
            part = looks.chosen(np.s_[start : start + _PREDICTED_AT_ONCE])
            answers = np.asarray(network(_as_input(part.pixels), training=False))
            for path, classes in zip(answers.argmax(axis=2), part.classes, strict=True):
                right += _text_of(path) == [int(one) for one in classes if one >= 0]
                total += 1
    return right / max(total, 1)


def _text_of(path: NDArray[np.intp]) -> list[int]:
    changes = np.concatenate([[True], path[1:] != path[:-1]])
    return [int(one) for one in path[changes] if one != NONE]


def _as_input(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return (pixels.astype(np.float32) / np.float32(127.5) - 1)[..., np.newaxis]


def _batches(pool: Pool, config: SecondConfig, *, varied: bool) -> Batches:
    size = config.batch_size

    def of_epoch(epoch: int) -> Iterator[Batch]:
        counts = {width: len(samples) for width, samples in pool.items()}
        order = batch_order(counts, size, np.random.default_rng([config.seed, epoch]))
        for step, (width, chosen) in enumerate(order):
            looks = pool[width].chosen(chosen)
            pixels = looks.pixels
            if varied:
                pixels = vary(pixels, np.random.default_rng([config.seed, epoch, step]))
            yield _as_input(pixels), looks.classes

    return Batches(
        of_epoch,
        count=sum(len(looks) // size for looks in pool.values()),
        input_shape=(None, HEIGHT_PX, None, 1),
        target_shape=(None, MOST_CHARACTERS),
        target_type="int8",
    )
