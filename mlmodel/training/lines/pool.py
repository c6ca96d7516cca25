"""The pool of strips that a training of the line network draws from."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mlmodel.lines.strips import PREPROCESSING_VERSION, STRIP_HEIGHT_PX
from mlmodel.synthesis.photograph import Picture
from mlmodel.training.lines.config import LinesConfig
from mlmodel.training.samples import samples_of
from mlmodel.training.shards import Arrays, Pictures, make_shards, validation_pictures

# Strips are padded to one of these widths, so that all strips of a batch have the same one. Wider
# strips are left out (one in a hundred), and so are strips with more digits than MOST_DIGITS.
WIDTHS_PX = (64, 96, 128, 160, 192, 256, 320)
MOST_DIGITS = 16


@dataclass(frozen=True)
class Strips:
    """Strips of one width, and the digits in them.

    Attributes:
        pixels: (n, 40, width) uint8, 255 is full ink.
        values: (n, 16) int8, 0..9 from left to right, filled up with -1.
        boxes: (n, 16, 4) float32, left, top, right, bottom in pixels of the strip.
    """

    pixels: NDArray[np.uint8]
    values: NDArray[np.int8]
    boxes: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.values)

    def chosen(self, which: NDArray[Any] | slice) -> Self:
        """The strips that a NumPy index selects."""
        return replace(
            self, pixels=self.pixels[which], values=self.values[which], boxes=self.boxes[which]
        )


Pool = dict[int, Strips]  # by width


def training_pool(config: LinesConfig, folder: Path, report: Callable[[float], None]) -> Pool:
    """All strips to train with; shards that an earlier run left in the folder are used again.

    Args:
        folder: where shards are stored, about 1.5 GB.
        report: called with the share that is done, 0..1.
    """
    pictures = Pictures(
        config.seed, config.held_out, 0, config.pictures, handwriting=config.handwriting
    )
    return _pool(pictures, folder, report)


def validation_pool(config: LinesConfig, folder: Path, report: Callable[[float], None]) -> Pool:
    """The strips of validation, written with digits of MNIST that training never sees.

    Args:
        folder: where shards are stored.
        report: called with the share that is done, 0..1.
    """
    count = config.validation_pictures
    return _pool(validation_pictures(config.seed, config.held_out, count), folder, report)


def _pool(pictures: Pictures, folder: Path, report: Callable[[float], None]) -> Pool:
    shards = make_shards(pictures, strips_of, PREPROCESSING_VERSION, folder, report)
    return _joined([dict(_read(path)) for path in shards])


def strips_of(pictures: Iterable[Picture]) -> Arrays:
    """The strips of some pictures as arrays for a shard.

    Returns:
        For each of WIDTHS_PX the arrays of `Strips`, as "pixels64", "values64" and "boxes64".
    """
    found = [sample for picture in pictures for sample in samples_of(picture)]
    arrays: Arrays = {}
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
