"""Training data that all processors make together, once, and that is stored on disk in shards."""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel import synthesis
from mlmodel.handwriting import real_lines, strokes
from mlmodel.handwriting.parts import Part, part_of
from mlmodel.handwriting.real_lines import RealLine
from mlmodel.mnist.data import load_mnist, split
from mlmodel.synthesis.people import People
from mlmodel.synthesis.photograph import Picture
from mlmodel.synthesis.pictures import (
    picture_of_number,
    picture_without_digits,
    synthetic_picture,
)
from mlmodel.synthesis.shapes import MnistShapes

PICTURES_A_SHARD = 1_000
# Pictures for validation are numbered from here, beyond those of any training.
FIRST_VALIDATION_PICTURE = 1_000_000_000

_LIBRARY = Path(synthesis.__file__).parents[1]
# The code that decides what is stored of a picture: it makes the picture, and cuts it as reading
# does.
_DECIDING_CODE = (
    "synthesis/*.py",
    "picture/*.py",
    "lines/strips.py",
    "digits/normalize.py",
    "training/samples.py",
    "training/second/samples.py",
    "second/look.py",
    "handwriting/*.py",
)

Arrays = dict[str, NDArray[Any]]
# Returns what is stored of pictures. It is a function of a module, so that other processes find it.
Keep = Callable[[Iterable[Picture]], Arrays]


class Kind(StrEnum):
    """What pictures show."""

    USUAL = "usual"
    WITHOUT_DIGITS = "without digits"
    NUMBERS = "numbers"  # that people wrote as a whole, on synthetic paper
    REAL_NUMBERS = "real numbers"
    REAL_TEXT = "real text"


# Pictures of real paper: those of a number go round and round.
_REAL = {Kind.REAL_NUMBERS: real_lines.numbers, Kind.REAL_TEXT: real_lines.text}


@dataclass(frozen=True)
class Pictures:
    """Pictures, each decided by the seed and its number; iterating makes them.

    Attributes:
        held_out: how many digits of MNIST only validation is written with.
        first: the number of the first picture.
        validation: whether they are written with the digits that are held out.
        handwriting: a folder of handwriting: see mlmodel.handwriting; empty for none.
        part: of its people, whose hands these are.
    """

    seed: int
    held_out: int
    first: int
    count: int
    validation: bool = False
    kind: Kind = Kind.USUAL
    handwriting: str = ""
    part: Part = Part.FIRST

    def __iter__(self) -> Iterator[Picture]:
        numbers = range(self.first, self.first + self.count)
        if self.kind in _REAL:
            lines = _real_lines(self.handwriting, self.kind, self.part is Part.HELD_OUT)
            for number in numbers:
                line = lines[number % len(lines)]
                yield Picture(line.image, (), written=line.written)
            return
        for number in numbers:
            yield self._made(np.random.default_rng([self.seed, number]))

    def _made(self, random: np.random.Generator) -> Picture:
        people = _people(self.handwriting, self.part) if self.handwriting else None
        if people and self.kind is Kind.NUMBERS:
            return picture_of_number(people, random)
        shapes = _shapes(self.held_out, self.validation)
        if self.kind is Kind.USUAL:
            return synthetic_picture(shapes, random, people)
        return picture_without_digits(shapes, random, people)


def validation_pictures(seed: int, held_out: int, count: int) -> Pictures:
    """Pictures that no training sees, written with digits of MNIST that no training sees."""
    return Pictures(seed, held_out, FIRST_VALIDATION_PICTURE, count, validation=True)


def make_shards(
    pictures: Pictures, keep: Keep, version: int, folder: Path, report: Callable[[float], None]
) -> list[Path]:
    """The shards of some pictures, in order; those that an earlier run stored are used again.

    Args:
        keep: returns what is stored of pictures.
        version: of the preprocessing; shards of another version or of other code are not used.
        folder: where shards are stored.
        report: called with the share of the missing shards that is done, 0..1.

    Returns:
        The .npz files.
    """
    folder = folder / _key(pictures, keep, version)
    folder.mkdir(parents=True, exist_ok=True)
    parts = list(in_chunks(pictures, PICTURES_A_SHARD))
    tasks = [(folder / f"{part.first}-{part.count}.npz", part, keep) for part in parts]
    missing = [task for task in tasks if not task[0].exists()]
    if missing:
        # Spawned, not forked: TensorFlow may be running, and does not survive a fork.
        with multiprocessing.get_context("spawn").Pool(len(os.sched_getaffinity(0))) as workers:
            for done, _ in enumerate(workers.imap_unordered(_make, missing), start=1):
                report(done / len(missing))
    return [path for path, _, _ in tasks]


def in_chunks(pictures: Pictures, size: int) -> Iterator[Pictures]:
    """The same pictures in parts of at most `size`."""
    end = pictures.first + pictures.count
    for first in range(pictures.first, end, size):
        count = min(size, end - first)
        yield replace(pictures, first=first, count=count)


def _key(pictures: Pictures, keep: Keep, version: int) -> str:
    paths = [path for pattern in _DECIDING_CODE for path in sorted(_LIBRARY.glob(pattern))]
    code = [path.read_text(encoding="utf-8") for path in paths]
    whole = asdict(replace(pictures, first=0, count=0))
    deciding = [keep.__module__, keep.__qualname__, version, whole, *code]
    return hashlib.sha256(json.dumps(deciding).encode()).hexdigest()[:12]


def _make(task: tuple[Path, Pictures, Keep]) -> None:
    path, pictures, keep = task
    cv2.setNumThreads(1)  # each core has a process already
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, allow_pickle=False, **keep(pictures))
    partial.rename(path)


@lru_cache(maxsize=2)
def _shapes(held_out: int, validation: bool) -> MnistShapes:
    training, held = split(load_mnist().training, held_out)
    return MnistShapes(held if validation else training)


@lru_cache(maxsize=2)
def _people(folder: str, part: Part) -> People:
    """The people of a part."""
    drawn = (
        [one for one in read(Path(folder)) if part_of(one.writer) is part]
        for read in (strokes.digits, strokes.letters, strokes.numbers)
    )
    return People(*drawn)


@lru_cache(maxsize=2)
def _real_lines(folder: str, kind: Kind, held_out: bool) -> list[RealLine]:
    """The lines of the volumes that are held out, or of all others."""
    return [
        line
        for line in _REAL[kind](Path(folder))
        if (part_of(line.volume) is Part.HELD_OUT) == held_out
    ]
