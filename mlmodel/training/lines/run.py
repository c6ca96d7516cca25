"""A training of the line network on strips of synthetic pictures, and its measure on others."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlmodel.lines.columns import decode
from mlmodel.lines.strips import STRIP_HEIGHT_PX
from mlmodel.synthesis.shapes import as_grey
from mlmodel.training.fitting import Batch, Batches, Goal, batch_order, fit
from mlmodel.training.lines.config import LinesConfig
from mlmodel.training.lines.network import build_line_network
from mlmodel.training.lines.pool import Pool, Strips, training_pool, validation_pool
from mlmodel.training.lines.targets import TARGETS, line_loss, sequence_loss, targets
from mlmodel.training.lines.variation import vary
from mlmodel.training.progress import Report, share_of

_PREDICTED_AT_ONCE = 256


def train_lines(config: LinesConfig, folder: Path, report: Report) -> tuple[Any, int, float]:
    """Train a line network, or go on with a training that was interrupted.

    Args:
        folder: where strips and checkpoints are stored, about 1.5 GB.

    Returns:
        The keras.Model with averaged weights, the number of strips it was trained on, and the
        share of validation strips, 0..1, whose text it reads exactly.
    """
    import keras

    keras.utils.set_random_seed(config.seed)
    pool = training_pool(config, folder, share_of("pictures of lines", report))
    held_out = validation_pool(config, folder, share_of("pictures held out", report))
    network = build_line_network(config.widths, config.dropout)
    goal = Goal(line_loss(config.extents_weight, config.sequence_weight))
    validation = _batches(held_out, config, varied=False)
    fit(network, goal, _batches(pool, config), validation, config, folder, "lines", report)
    if config.settling_epochs:
        report_share = share_of("strips to settle on", report)
        calm = read_best(network, pool, config.settling_share, report_share)
        settling, place = _settling(config), folder / "settling"
        fit(
            network, goal, _batches(calm, settling), validation, settling, place, "settling", report
        )
    return network, sum(map(len, pool.values())), share_exact(network, held_out)


def _settling(config: LinesConfig) -> LinesConfig:
    """The recipe of the settling epochs, with another seed so that the batches are new."""
    return replace(
        config,
        seed=config.seed + 1,
        epochs=config.settling_epochs,
        peak_learning_rate=config.settling_learning_rate,
    )


def read_best(network: Any, pool: Pool, share: float, report: Callable[[float], None]) -> Pool:
    """The strips with the smallest sequence loss for each digit.

    Args:
        share: how many of all strips are chosen, 0..1.
        report: called with the share of the pool that was read, 0..1.
    """
    losses = {}
    for width, strips in pool.items():
        losses[width] = _losses(network, strips)
        report(len(losses) / len(pool))
    most = np.quantile(np.concatenate(list(losses.values())), share)
    return {width: strips.chosen(losses[width] <= most) for width, strips in pool.items()}


def _losses(network: Any, strips: Strips) -> NDArray[np.float32]:
    """The sequence loss of each strip divided by its number of digits, (n,) float32."""
    found = [np.zeros(0, np.float32)]
    for part, answers in _answered(network, strips):
        found.append(np.asarray(sequence_loss(targets(part)[..., 0], answers)))
    count = (strips.values >= 0).sum(axis=1)
    return np.asarray(np.concatenate(found) / np.maximum(count, 1), np.float32)


def share_exact(network: Any, pool: Pool) -> float:
    """The share of strips, 0..1, that the network reads exactly; blank strips count as well."""
    right = total = 0
    for strips in pool.values():
        for part, answers in _answered(network, strips):
            for answer, values in zip(np.asarray(answers), part.values, strict=True):
                read = [digit.value for digit in decode(answer)]
                right += read == [int(value) for value in values if value >= 0]
                total += 1
    return right / max(total, 1)


def _answered(network: Any, strips: Strips) -> Iterator[tuple[Strips, Any]]:
    """The strips in parts of at most 256, each with the network's answers."""
    for start in range(0, len(strips), _PREDICTED_AT_ONCE):
        part = strips.chosen(np.s_[start : start + _PREDICTED_AT_ONCE])
        yield part, network(as_grey(part.pixels)[..., np.newaxis], training=False)


def _batches(pool: Pool, config: LinesConfig, *, varied: bool = True) -> Batches:
    size = config.batch_size

    def of_epoch(epoch: int) -> Iterator[Batch]:
        counts = {width: len(samples) for width, samples in pool.items()}
        order = batch_order(counts, size, np.random.default_rng([config.seed, epoch]))
        for step, (width, chosen) in enumerate(order):
            strips = pool[width].chosen(chosen)
            if varied:
                pixels = vary(strips.pixels, np.random.default_rng([config.seed, epoch, step]))
            else:
                pixels = as_grey(strips.pixels)
            yield pixels[..., np.newaxis], targets(strips)

    return Batches(
        of_epoch,
        count=sum(len(strips) // size for strips in pool.values()),
        input_shape=(None, STRIP_HEIGHT_PX, None, 1),
        target_shape=(None, None, TARGETS),
        target_type="float32",
    )
