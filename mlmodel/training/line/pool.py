"""The pool of strips that a training draws from: made once by all processors, kept on disk."""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.data import Samples, load_mnist, split
from mlmodel.strips import PREPROCESSING_VERSION, STRIP_HEIGHT_PX
from mlmodel.synthesis.pictures import synthetic_picture
from mlmodel.synthesis.samples import Sample, samples_of
from mlmodel.synthesis.shapes import MnistShapes
from mlmodel.training.line.config import LineConfig

# Strips are padded to one of these widths, so that a batch has one width.
WIDTHS_PX = (64, 96, 128, 160, 192, 256, 320)
# Longer lines are left out (one in a hundred), and so are those with more digits than this.
MOST_DIGITS = 16
PICTURES_A_SHARD = 1_000
# Pictures of the validation pool have numbers that no training reaches.
_FIRST_VALIDATION_PICTURE = 1_000_000_000


@dataclass(frozen=True)
class Strips:
    """Strips of one width, and what stands in them.

    Attributes:
        pixels: (n, 40, width) uint8, 255 is full ink.
        values: (n, 16) int8, 0..9 from left to right, then -1.
        boxes: (n, 16, 4) float32, left, top, right, bottom in pixels of the strip.
    """

    pixels: NDArray[np.uint8]
    values: NDArray[np.int8]
    boxes: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.values)


Pool = dict[int, Strips]  # by width


def training_pool(config: LineConfig, folder: Path, report: Callable[[float], None]) -> Pool:
    """All strips to train with; shards that an earlier run left in the folder are taken up.

    Args:
        folder: a place for about 1.5 GB.
        report: is told the share that is done, 0..1.
    """
    return _pool(config, folder / "training", 0, config.pictures, False, report)


def validation_pool(config: LineConfig, folder: Path, report: Callable[[float], None]) -> Pool:
    """Strips whose digits of MNIST are held out."""
    first = _FIRST_VALIDATION_PICTURE
    return _pool(config, folder / "validation", first, config.validation_pictures, True, report)


@dataclass(frozen=True)
class _Shard:
    """The work of one process at a time: these pictures, into this file."""

    path: Path
    seed: int
    held_out: int
    first: int
    pictures: int
    validation: bool


def _pool(
    config: LineConfig,
    folder: Path,
    first: int,
    pictures: int,
    validation: bool,
    report: Callable[[float], None],
) -> Pool:
    folder = folder / _key(config)
    folder.mkdir(parents=True, exist_ok=True)
    shards = [
        _Shard(
            folder / f"{start}.npz",
            config.seed,
            config.held_out,
            start,
            min(PICTURES_A_SHARD, first + pictures - start),
            validation,
        )
        for start in range(first, first + pictures, PICTURES_A_SHARD)
    ]
    missing = [shard for shard in shards if not shard.path.exists()]
    # Spawned, not forked: TensorFlow may run already, and does not survive a fork.
    if missing:
        with multiprocessing.get_context("spawn").Pool(len(os.sched_getaffinity(0))) as workers:
            for done, _ in enumerate(workers.imap_unordered(_make, missing), start=1):
                report(done / len(missing))
    return _joined([dict(_read(shard.path)) for shard in shards])


def _key(config: LineConfig) -> str:
    """Names what decides the strips, so that shards of another recipe are not taken."""
    deciding = {
        "seed": config.seed,
        "held_out": config.held_out,
        "preprocessing": PREPROCESSING_VERSION,
    }
    return hashlib.sha256(json.dumps(deciding).encode()).hexdigest()[:12]


def _make(shard: _Shard) -> None:
    cv2.setNumThreads(1)  # the processes share the cores already
    shapes = _shapes(shard.seed, shard.held_out, shard.validation)
    found: list[Sample] = []
    for number in range(shard.first, shard.first + shard.pictures):
        picture = synthetic_picture(shapes, np.random.default_rng([shard.seed, number]))
        found += samples_of(picture)
    partial = shard.path.with_suffix(".partial.npz")
    np.savez(partial, **_arrays(found))
    partial.rename(shard.path)


@lru_cache(maxsize=2)
def _shapes(seed: int, held_out: int, validation: bool) -> MnistShapes:
    training, held = split(load_mnist().training, held_out, seed)
    chosen: Samples = held if validation else training
    return MnistShapes(chosen)


def _arrays(found: list[Sample]) -> dict[str, Any]:
    arrays: dict[str, Any] = {}
    for least, width in zip((0, *WIDTHS_PX), WIDTHS_PX, strict=False):
        fitting = [
            sample
            for sample in found
            if least < sample.pixels.shape[1] <= width and len(sample.values) <= MOST_DIGITS
        ]
        pixels = np.zeros((len(fitting), STRIP_HEIGHT_PX, width), np.uint8)
        values = np.full((len(fitting), MOST_DIGITS), -1, np.int8)
        boxes = np.zeros((len(fitting), MOST_DIGITS, 4), np.float32)
        for i, sample in enumerate(fitting):
            pixels[i, :, : sample.pixels.shape[1]] = np.round(sample.pixels * 255)
            values[i, : len(sample.values)] = sample.values
            boxes[i, : len(sample.values)] = sample.boxes
        arrays |= {f"pixels{width}": pixels, f"values{width}": values, f"boxes{width}": boxes}
    return arrays


def _read(path: Path) -> Iterator[tuple[int, Strips]]:
    with np.load(path) as arrays:
        for width in WIDTHS_PX:
            yield (
                width,
                Strips(arrays[f"pixels{width}"], arrays[f"values{width}"], arrays[f"boxes{width}"]),
            )


def _joined(shards: list[Pool]) -> Pool:
    return {
        width: Strips(
            np.concatenate([shard[width].pixels for shard in shards]),
            np.concatenate([shard[width].values for shard in shards]),
            np.concatenate([shard[width].boxes for shard in shards]),
        )
        for width in WIDTHS_PX
    }
