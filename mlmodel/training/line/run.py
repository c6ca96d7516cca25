"""One training of the line network: pictures, epochs, checkpoints."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlmodel.columns import decode
from mlmodel.line_network import build_line_network
from mlmodel.strips import STRIP_HEIGHT_PX
from mlmodel.synthesis.shapes import as_grey
from mlmodel.training.line.config import LineConfig
from mlmodel.training.line.pool import Pool, Strips, training_pool, validation_pool
from mlmodel.training.line.targets import TARGETS, line_loss, targets
from mlmodel.training.line.variation import vary
from mlmodel.training.optimizer import averaging_adamw

_PREDICTED_AT_ONCE = 256
_BATCHES_AHEAD = 16


def train_line_network(
    config: LineConfig, folder: Path, report: Callable[[str], None]
) -> tuple[Any, float]:
    """Train a line network; what an interrupted run left in the folder is taken up.

    Args:
        folder: for strips and checkpoints, about 1.5 GB.
        report: is told in a line what happens.

    Returns:
        The keras.Model with averaged weights, and the share of validation strips, 0..1, whose
        text it reads exactly.
    """
    import keras

    keras.utils.set_random_seed(config.seed)
    pool = training_pool(config, folder, lambda share: report(f"pictures {share:.0%}"))
    held_out = validation_pool(config, folder, lambda share: report(f"validation {share:.0%}"))
    network = build_line_network(config.widths, config.dropout)
    batches = _batches(pool, config)
    network.compile(
        averaging_adamw(config, len(batches) * config.epochs), line_loss(config.extents_weight)
    )

    def begin(epoch: int, _logs: object) -> None:
        batches.epoch = epoch

    def end(epoch: int, logs: dict[str, float]) -> None:
        losses = f"loss {logs['loss']:.4f} validation {logs['val_loss']:.4f}"
        report(f"epoch {epoch + 1}/{config.epochs} {losses}")

    network.fit(
        _dataset(batches),
        epochs=config.epochs,
        validation_data=_dataset(_batches(held_out, config, varied=False)),
        shuffle=False,
        verbose=0,
        callbacks=[
            # First, so that the others see the epoch that is taken up.
            keras.callbacks.BackupAndRestore(folder / "checkpoint", delete_checkpoint=False),
            # Validation looks at the averaged weights, which the training ends with.
            keras.callbacks.SwapEMAWeights(),
            keras.callbacks.LambdaCallback(on_epoch_begin=begin, on_epoch_end=end),
        ],
    )
    return network, share_exact(network, held_out)


def share_exact(network: Any, pool: Pool) -> float:
    """The share of strips, 0..1, that the network reads exactly; blank ones count too."""
    right = total = 0
    for strips in pool.values():
        for start in range(0, len(strips), _PREDICTED_AT_ONCE):
            part = np.s_[start : start + _PREDICTED_AT_ONCE]
            pixels = as_grey(strips.pixels[part, ..., np.newaxis])
            answers = np.asarray(network.predict_on_batch(_filled(pixels)))
            for answer, values in zip(answers, strips.values[part], strict=False):
                read = [digit.value for digit in decode(answer)]
                right += read == [int(value) for value in values if value >= 0]
                total += 1
    return right / max(total, 1)


def _filled(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The batch filled up with blank strips, so that every batch has one shape."""
    missing = _PREDICTED_AT_ONCE - len(pixels)
    return np.pad(pixels, ((0, missing), (0, 0), (0, 0), (0, 0)))


def _dataset(batches: Any) -> Any:
    """The batches as TensorFlow takes them; strips of a batch have one width, batches several."""
    import tensorflow as tf

    made = tf.data.Dataset.from_generator(
        lambda: (batches[index] for index in range(len(batches))),
        output_signature=(
            tf.TensorSpec((None, STRIP_HEIGHT_PX, None, 1), tf.float32),
            tf.TensorSpec((None, None, TARGETS), tf.float32),
        ),
    )
    # Without the count, Keras would warn of an end that it did not expect.
    counted = made.apply(tf.data.experimental.assert_cardinality(len(batches)))
    return counted.prefetch(_BATCHES_AHEAD)


def _batches(pool: Pool, config: LineConfig, *, varied: bool = True) -> Any:
    """All batches of an epoch; seed and epoch decide their order."""
    size = config.batch_size

    class Batches:
        epoch = 0

        def __init__(self) -> None:
            self._order: tuple[int, list[tuple[int, NDArray[np.intp]]]] = (-1, [])

        def __len__(self) -> int:
            return sum(len(strips) // size for strips in pool.values())

        def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
            width, chosen = self._of_epoch()[index]
            whole = pool[width]
            strips = Strips(whole.pixels[chosen], whole.values[chosen], whole.boxes[chosen])
            if varied:
                pixels = vary(
                    strips.pixels, np.random.default_rng([config.seed, self.epoch, index])
                )
            else:
                pixels = as_grey(strips.pixels)
            return pixels[..., np.newaxis], targets(strips)

        def _of_epoch(self) -> list[tuple[int, NDArray[np.intp]]]:
            epoch, order = self._order
            if epoch != self.epoch:
                order = _order(pool, size, np.random.default_rng([config.seed, self.epoch]))
                self._order = (self.epoch, order)
            return order

    return Batches()


def _order(
    pool: Pool, size: int, random: np.random.Generator
) -> list[tuple[int, NDArray[np.intp]]]:
    """Batches of one width each, mixed."""
    batches = []
    for width, strips in pool.items():
        shuffled = random.permutation(len(strips))
        batches += [
            (width, shuffled[start : start + size])
            for start in range(0, len(strips) - size + 1, size)
        ]
    return [batches[i] for i in random.permutation(len(batches))]
