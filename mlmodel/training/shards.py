"""Training data that all processors make once, kept on disk in shards."""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel import synthesis
from mlmodel.mnist.data import load_mnist, split
from mlmodel.synthesis.photograph import Picture
from mlmodel.synthesis.pictures import picture_without_digits, synthetic_picture
from mlmodel.synthesis.shapes import MnistShapes

PICTURES_A_SHARD = 1_000
# Pictures of a validation have numbers that no training reaches.
FIRST_VALIDATION_PICTURE = 1_000_000_000

_LIBRARY = Path(synthesis.__file__).parents[1]
# What decides what is kept of a picture: the code that makes it, and that cuts it as reading does.
_DECIDING_CODE = (
    "synthesis/*.py",
    "picture/*.py",
    "lines/strips.py",
    "digits/normalize.py",
    "training/samples.py",
)

Arrays = dict[str, NDArray[Any]]
# What is kept of pictures; a function of a module, so that another process finds it.
Keep = Callable[[Iterable[Picture]], Arrays]


@dataclass(frozen=True)
class Pictures:
    """Synthetic pictures by their numbers, with digits that are trained on or held out."""

    seed: int
    held_out: int  # digits of MNIST that are kept for validation
    first: int
    count: int
    validation: bool = False
    with_digits: bool = True

    def __iter__(self) -> Iterator[Picture]:
        shapes = _shapes(self.held_out, self.validation)
        make = synthetic_picture if self.with_digits else picture_without_digits
        for number in range(self.first, self.first + self.count):
            yield make(shapes, np.random.default_rng([self.seed, number]))


def validation_pictures(seed: int, held_out: int, count: int) -> Pictures:
    """Pictures that no training sees, written with digits of MNIST that none sees."""
    return Pictures(seed, held_out, FIRST_VALIDATION_PICTURE, count, validation=True)


def make_shards(
    pictures: Pictures, keep: Keep, version: int, folder: Path, report: Callable[[float], None]
) -> list[Path]:
    """Files with what is kept of the pictures, in order; those of an earlier run are taken up.

    Args:
        version: of the preprocessing; files of another one, or made by other code, are not taken.
        report: is told the share that is done, 0..1.
    """
    folder = folder / _key(pictures, keep, version)
    folder.mkdir(parents=True, exist_ok=True)
    parts = list(_parts(pictures))
    tasks = [(folder / f"{part.first}-{part.count}.npz", part, keep) for part in parts]
    missing = [task for task in tasks if not task[0].exists()]
    if missing:
        # Spawned, not forked: TensorFlow may run already, and does not survive a fork.
        with multiprocessing.get_context("spawn").Pool(len(os.sched_getaffinity(0))) as workers:
            for done, _ in enumerate(workers.imap_unordered(_make, missing), start=1):
                report(done / len(missing))
    return [path for path, _, _ in tasks]


def _parts(pictures: Pictures) -> Iterator[Pictures]:
    end = pictures.first + pictures.count
    for first in range(pictures.first, end, PICTURES_A_SHARD):
        count = min(PICTURES_A_SHARD, end - first)
        yield replace(pictures, first=first, count=count)


def _key(pictures: Pictures, keep: Keep, version: int) -> str:
    paths = [path for pattern in _DECIDING_CODE for path in sorted(_LIBRARY.glob(pattern))]
    code = [path.read_text(encoding="utf-8") for path in paths]
    whole = asdict(replace(pictures, first=0, count=0))
    deciding = [keep.__module__, keep.__qualname__, version, whole, *code]
    return hashlib.sha256(json.dumps(deciding).encode()).hexdigest()[:12]


def _make(task: tuple[Path, Pictures, Keep]) -> None:
    path, pictures, keep = task
    cv2.setNumThreads(1)  # the processes share the cores already
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, allow_pickle=False, **keep(pictures))
    partial.rename(path)


@lru_cache(maxsize=2)
def _shapes(held_out: int, validation: bool) -> MnistShapes:
    training, held = split(load_mnist().training, held_out)
    return MnistShapes(held if validation else training)
