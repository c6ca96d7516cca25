"""Training data that all processors make together, once, and that is stored on disk in shards."""

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
)

Arrays = dict[str, NDArray[Any]]
# Returns what is stored of pictures. It is a function of a module, so that other processes find it.
Keep = Callable[[Iterable[Picture]], Arrays]


@dataclass(frozen=True)
class Pictures:
    """Synthetic pictures, each decided by the seed and its number.

    Iterating makes them. They are written with digits of MNIST that are trained on, or held out.
    """

    seed: int
    held_out: int  # digits of MNIST that only validation is written with
    first: int  # number of the first picture
    count: int
    validation: bool = False  # written with the digits that are held out
    with_digits: bool = True

    def __iter__(self) -> Iterator[Picture]:
        shapes = _shapes(self.held_out, self.validation)
        make = synthetic_picture if self.with_digits else picture_without_digits
        for number in range(self.first, self.first + self.count):
            yield make(shapes, np.random.default_rng([self.seed, number]))


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
    parts = list(_parts(pictures))
    tasks = [(folder / f"{part.first}-{part.count}.npz", part, keep) for part in parts]
    missing = [task for task in tasks if not task[0].exists()]
    if missing:
        # Spawned, not forked: TensorFlow may be running, and does not survive a fork.
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
    cv2.setNumThreads(1)  # each core has a process already
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, allow_pickle=False, **keep(pictures))
    partial.rename(path)


@lru_cache(maxsize=2)
def _shapes(held_out: int, validation: bool) -> MnistShapes:
    training, held = split(load_mnist().training, held_out)
    return MnistShapes(held if validation else training)
