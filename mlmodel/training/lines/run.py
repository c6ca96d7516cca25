"""One training of the line network: strips of synthetic pictures, and how it does on others."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlmodel.columns import decode
from mlmodel.line_network import build_line_network
from mlmodel.strips import STRIP_HEIGHT_PX
from mlmodel.synthesis.shapes import as_grey
from mlmodel.training.fitting import Batch, Batches, Goal, fit
from mlmodel.training.lines.config import LinesConfig
from mlmodel.training.lines.pool import Pool, Strips, training_pool, validation_pool
from mlmodel.training.lines.targets import TARGETS, line_loss, targets
from mlmodel.training.lines.variation import vary
from mlmodel.training.progress import Report, share_of

_PREDICTED_AT_ONCE = 256


def train_lines(config: LinesConfig, folder: Path, report: Report) -> tuple[Any, int, float]:
    """Train a line network; what an interrupted run left in the folder is taken up.

    Args:
        folder: for strips and checkpoints, about 1.5 GB.

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
    return network, sum(map(len, pool.values())), share_exact(network, held_out)


def share_exact(network: Any, pool: Pool) -> float:
    """The share of strips, 0..1, that the network reads exactly; blank ones count too."""
    right = total = 0
    for strips in pool.values():
        for start in range(0, len(strips), _PREDICTED_AT_ONCE):
            part = np.s_[start : start + _PREDICTED_AT_ONCE]
            pixels = as_grey(strips.pixels[part, ..., np.newaxis])
            answers = np.asarray(network(pixels, training=False))
            for answer, values in zip(answers, strips.values[part], strict=True):
                read = [digit.value for digit in decode(answer)]
                right += read == [int(value) for value in values if value >= 0]
                total += 1
    return right / max(total, 1)


def _batches(pool: Pool, config: LinesConfig, *, varied: bool = True) -> Batches:
    size = config.batch_size

    def of_epoch(epoch: int) -> Iterator[Batch]:
        order = _order(pool, size, np.random.default_rng([config.seed, epoch]))
        for step, (width, chosen) in enumerate(order):
            whole = pool[width]
            strips = Strips(whole.pixels[chosen], whole.values[chosen], whole.boxes[chosen])
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
    return [batches[int(i)] for i in random.permutation(len(batches))]
