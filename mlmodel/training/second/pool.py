"""The pool of looks that a training of the second reader draws from."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mlmodel.handwriting.parts import Part
from mlmodel.second.alphabet import OTHER, classes_of
from mlmodel.second.look import HEIGHT_PX, PREPROCESSING_VERSION
from mlmodel.synthesis.photograph import Picture
from mlmodel.training.second.config import SecondConfig
from mlmodel.training.second.samples import Sample, samples_of
from mlmodel.training.shards import (
    FIRST_VALIDATION_PICTURE,
    Arrays,
    Kind,
    Pictures,
    make_shards,
)

# Looks are widened to one of these, so that all looks of a batch have the same width. Wider ones
# are left out, and of text without figures a part is taken.
WIDTHS_PX = (96, 128, 160, 192, 224, 256, 320, 416)
MOST_CHARACTERS = 24
_TEXT = classes_of(OTHER)


@dataclass(frozen=True)
class Looks:
    """Looks of one width, and what is written in them.

    Attributes:
        pixels: (n, 48, width) uint8, 255 is paper.
        classes: (n, 24) int8 from left to right, filled up with -1.
    """

    pixels: NDArray[np.uint8]
    classes: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.classes)

    def chosen(self, which: NDArray[Any] | slice) -> Self:
        """The looks that a NumPy index selects."""
        return replace(self, pixels=self.pixels[which], classes=self.classes[which])


Pool = dict[int, Looks]  # by width


def training_pool(config: SecondConfig, folder: Path, report: Callable[[float], None]) -> Pool:
    """All looks to train with; shards that an earlier run left in the folder are used again."""
    usual = Pictures(
        config.seed,
        config.held_out,
        0,
        config.pictures,
        handwriting=config.handwriting,
        part=Part.SECOND,
    )
    kinds = [(Kind.USUAL, config.pictures), (Kind.WITHOUT_DIGITS, config.without_digits)]
    if config.handwriting:
        kinds += [
            (Kind.NUMBERS, config.numbers),
            (Kind.REAL_NUMBERS, config.real_rounds * _REAL_NUMBERS),
            (Kind.REAL_TEXT, config.real_rounds * _REAL_TEXT),
        ]
    return _pool([replace(usual, kind=kind, count=count) for kind, count in kinds], folder, report)


def validation_pool(config: SecondConfig, folder: Path, report: Callable[[float], None]) -> Pool:
    """Looks in hands and on paper that training never sees."""
    count = config.validation_pictures
    usual = Pictures(
        config.seed,
        config.held_out,
        FIRST_VALIDATION_PICTURE,
        count,
        validation=True,
        handwriting=config.handwriting,
        part=Part.HELD_OUT,
    )
    kinds = [Kind.USUAL]
    if config.handwriting:
        kinds += [Kind.NUMBERS, Kind.REAL_NUMBERS, Kind.REAL_TEXT]
    each = replace(usual, count=count // len(kinds))
    return _pool([replace(each, kind=kind) for kind in kinds], folder, report)


# How many real lines there are for training, about: each is cut once in a round.
_REAL_NUMBERS, _REAL_TEXT = 5_720, 1_880


def _pool(parts: list[Pictures], folder: Path, report: Callable[[float], None]) -> Pool:
    shards = []
    for number, pictures in enumerate(parts):
        begun = partial(_report_part, report, number, len(parts))
        shards += make_shards(pictures, looks_in, PREPROCESSING_VERSION, folder, begun)
    return _joined([dict(_read(path)) for path in shards])


def _report_part(report: Callable[[float], None], number: int, parts: int, share: float) -> None:
    report((number + share) / parts)


def looks_in(pictures: Iterable[Picture]) -> Arrays:
    """The looks at some pictures as arrays for a shard.

    Returns:
        For each of WIDTHS_PX the arrays of `Looks`, as "pixels96" and "classes96".
    """
    found: dict[int, list[Sample]] = {width: [] for width in WIDTHS_PX}
    for number, picture in enumerate(pictures):
        random = np.random.default_rng([int(picture.image.sum()), number])
        for sample in samples_of(picture, random):
            fitting = _fitting(sample, random)
            if fitting is not None:
                found[fitting.pixels.shape[1]].append(fitting)
    arrays: Arrays = {}
    for width, fitting_samples in found.items():
        pixels = np.zeros((len(fitting_samples), HEIGHT_PX, width), np.uint8)
        classes = np.full((len(fitting_samples), MOST_CHARACTERS), -1, np.int8)
        for i, sample in enumerate(fitting_samples):
            pixels[i] = np.round((sample.pixels + 1) * 127.5)
            classes[i, : len(sample.classes)] = sample.classes
        arrays |= {f"pixels{width}": pixels, f"classes{width}": classes}
    return arrays


def _fitting(sample: Sample, random: np.random.Generator) -> Sample | None:
    """The sample at one of the widths of the pool; None where it does not fit."""
    most = WIDTHS_PX[-1]
    width = sample.pixels.shape[1]
    if len(sample.classes) > MOST_CHARACTERS:
        return None
    if width > most:
        if sample.classes != _TEXT:
            return None
        begin = int(random.integers(width - most + 1))
        return replace(sample, pixels=sample.pixels[:, begin : begin + most])
    wanted = next(one for one in WIDTHS_PX if one >= width)
    missing = wanted - width
    margins = ((0, 0), (missing // 2, missing - missing // 2))
    return replace(sample, pixels=np.pad(sample.pixels, margins, mode="edge"))


def _read(path: Path) -> Iterator[tuple[int, Looks]]:
    with np.load(path) as arrays:
        for width in WIDTHS_PX:
            yield width, Looks(arrays[f"pixels{width}"], arrays[f"classes{width}"])


def _joined(shards: list[Pool]) -> Pool:
    return {
        width: Looks(
            np.concatenate([shard[width].pixels for shard in shards]),
            np.concatenate([shard[width].classes for shard in shards]),
        )
        for width in WIDTHS_PX
    }
