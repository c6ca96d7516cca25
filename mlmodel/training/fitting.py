"""How a network is fitted: the optimizer, the averaged weights, and checkpoints."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mlmodel.training.progress import Report, Step

# Batches that are made ahead of the training. Making a batch takes far less time than a step.
_BATCHES_AHEAD = 16

Batch = tuple[NDArray[np.float32], NDArray[Any]]


class Recipe(Protocol):
    """The numbers of a network's configuration that decide its optimizer."""

    @property
    def epochs(self) -> int: ...
    @property
    def peak_learning_rate(self) -> float: ...
    @property
    def warmup_share(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...
    @property
    def averaging(self) -> float: ...


@dataclass(frozen=True)
class Batches:
    """All batches of an epoch.

    Attributes:
        of_epoch: returns the batches of an epoch, counted from 0; always the same for the same one.
        count: the number of batches in an epoch.
        input_shape, target_shape: the shapes of a batch; None where a size varies.
        target_type: the name of the targets' dtype.
    """

    of_epoch: Callable[[int], Iterator[Batch]]
    count: int
    input_shape: tuple[int | None, ...]
    target_shape: tuple[int | None, ...]
    target_type: str


@dataclass(frozen=True)
class Goal:
    """What a training minimizes, and how far one batch may pull.

    Attributes:
        loss: a Keras loss.
        metric: what is reported in its place, if anything.
        largest_gradient: the norm to which all weights' gradient is shortened; None for any.
    """

    loss: Any
    metric: str | None = None
    largest_gradient: float | None = None


def batch_order(
    counts: Mapping[int, int], size: int, random: np.random.Generator
) -> list[tuple[int, NDArray[np.intp]]]:
    """The width and the indices of each batch, in random order; a batch has samples of one width.

    Args:
        counts: by width, how many samples there are.
        size: of a batch; what is left of a width is left out.
    """
    batches = []
    for width, count in counts.items():
        shuffled = random.permutation(count)
        batches += [
            (width, shuffled[start : start + size]) for start in range(0, count - size + 1, size)
        ]
    return [batches[int(i)] for i in random.permutation(len(batches))]


def fit(
    network: Any,
    goal: Goal,
    training: Batches,
    validation: Batches,
    recipe: Recipe,
    folder: Path,
    part: str,
    report: Report,
) -> None:
    """Train a network in place; it ends with the averaged weights.

    Args:
        folder: where a checkpoint of the last whole epoch is stored, from which an interrupted
            training goes on.
        part: the name of the training in reports.
        report: called after every step, and with a lasting step after every epoch.
    """
    import keras

    name = f"val_{goal.metric or 'loss'}"
    epoch = 0

    def begin(index: int, _logs: object) -> None:
        nonlocal epoch
        epoch = index

    def step(index: int, logs: dict[str, float]) -> None:
        share = (epoch + (index + 1) / training.count) / recipe.epochs
        report(Step(part, share, f"epoch {epoch + 1}/{recipe.epochs} loss {logs['loss']:.4f}"))

    def end(index: int, logs: dict[str, float]) -> None:
        text = f"epoch {index + 1}/{recipe.epochs} loss {logs['loss']:.4f} {name} {logs[name]:.4f}"
        report(Step(part, (index + 1) / recipe.epochs, text, lasting=True))

    # A new model of the same layers: Keras stores in a model at which epoch a fit of it went on,
    # and the next fit of that model would begin there.
    trained = keras.Model(network.inputs, network.outputs)
    _compile(trained, goal, recipe, training.count)
    trained.fit(
        _dataset(training, lambda: epoch),
        epochs=recipe.epochs,
        validation_data=_dataset(validation, lambda: 0),
        shuffle=False,
        verbose=0,
        callbacks=_callbacks(
            folder, on_epoch_begin=begin, on_train_batch_end=step, on_epoch_end=end
        ),
    )


def _callbacks(folder: Path, **reports: Callable[..., None]) -> list[Any]:
    import keras

    return [
        # The first one, so that the others see the epoch at which an interrupted training goes on.
        keras.callbacks.BackupAndRestore(folder / "checkpoint", delete_checkpoint=False),
        # Validation uses the averaged weights, with which the training ends.
        keras.callbacks.SwapEMAWeights(),
        keras.callbacks.LambdaCallback(**reports),
    ]


def _dataset(batches: Batches, epoch: Callable[[], int]) -> Any:
    import tensorflow as tf

    made = tf.data.Dataset.from_generator(
        lambda: batches.of_epoch(epoch()),
        output_signature=(
            tf.TensorSpec(batches.input_shape, tf.float32),
            tf.TensorSpec(batches.target_shape, batches.target_type),
        ),
    )
    # Without the count, Keras would warn that the data ended unexpectedly.
    counted = made.apply(tf.data.experimental.assert_cardinality(batches.count))
    return counted.prefetch(_BATCHES_AHEAD)


def _compile(network: Any, goal: Goal, recipe: Recipe, steps: int) -> None:
    import keras

    total = recipe.epochs * steps
    warmup = round(recipe.warmup_share * total)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, total - warmup, warmup_target=recipe.peak_learning_rate, warmup_steps=warmup
    )
    optimizer = keras.optimizers.AdamW(
        rate,
        weight_decay=recipe.weight_decay,
        global_clipnorm=goal.largest_gradient,
        use_ema=True,
        ema_momentum=recipe.averaging,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    network.compile(optimizer, goal.loss, metrics=[goal.metric] if goal.metric else [])
