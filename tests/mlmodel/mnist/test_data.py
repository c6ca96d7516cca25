import gzip
import shutil
from pathlib import Path

import numpy as np
import pytest

from mlmodel.digits.normalize import frame_digit
from mlmodel.mnist.data import (
    MNIST_DIR,
    DataDamaged,
    DataMissing,
    Mnist,
    Samples,
    frame_samples,
    load_mnist,
    parse_idx,
    split,
)


@pytest.fixture(scope="module")
def mnist() -> Mnist:
    return load_mnist()


def _numbered(count: int) -> Samples:
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(count)
    return Samples(images, (np.arange(count) % 10).astype(np.uint8))


def test_mnist_has_its_published_sizes(mnist: Mnist) -> None:
    assert mnist.training.images.shape == (60_000, 28, 28)
    assert mnist.test.images.shape == (10_000, 28, 28)
    assert mnist.training.images.dtype == np.uint8


def test_mnist_begins_with_its_known_labels(mnist: Mnist) -> None:
    assert mnist.training.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.test.labels[:5].tolist() == [7, 2, 1, 0, 4]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="train-images"):
        load_mnist(tmp_path)


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    shutil.copytree(MNIST_DIR, tmp_path, dirs_exist_ok=True)
    labels = tmp_path / "train-labels-idx1-ubyte.gz"
    payload = bytearray(gzip.decompress(labels.read_bytes()))
    payload[-1] ^= 1
    labels.write_bytes(gzip.compress(bytes(payload)))
    with pytest.raises(DataDamaged, match="train-labels"):
        load_mnist(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no gzip", gzip.compress(b"x" * 1000, mtime=0)[:-20]])
def test_a_file_that_cannot_be_unpacked_is_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(content)
    with pytest.raises(DataDamaged, match="train-images"):
        load_mnist(tmp_path)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        bytes((0, 0, 8)),
        bytes((0, 0, 9, 1, 0, 0, 0, 1, 5)),  # signed bytes
        bytes((0, 0, 8, 1, 0, 0, 0, 2, 5)),  # one byte short
        bytes((0, 0, 8, 2, 0, 0)),  # the shape is cut off
    ],
)
def test_it_rejects_a_wrong_idx_file(payload: bytes) -> None:
    with pytest.raises(DataDamaged):
        parse_idx(payload)


def test_it_parses_an_idx_file() -> None:
    payload = bytes((0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 5, 6))
    assert parse_idx(payload).tolist() == [[5, 6]]


def test_a_split_parts_all_samples() -> None:
    training, validation = split(_numbered(50), 20)
    numbers = np.concatenate([training.images[:, 0, 0], validation.images[:, 0, 0]])
    assert len(validation) == 20
    assert sorted(numbers.tolist()) == list(range(50))


def test_a_split_keeps_labels_with_their_pictures() -> None:
    training, _ = split(_numbered(50), 20)
    assert (training.images[:, 0, 0] % 10 == training.labels).all()


def test_the_split_is_always_the_same() -> None:
    first, again = (split(_numbered(50), 20)[1] for _ in range(2))
    assert (first.images == again.images).all()
    assert (np.diff(first.images[:, 0, 0].astype(int)) != 1).any()


@pytest.mark.parametrize("held_out", [0, 50, 51])
def test_a_split_leaves_no_part_empty(held_out: int) -> None:
    with pytest.raises(ValueError, match="hold out"):
        split(_numbered(50), held_out)


def test_training_pictures_pass_through_the_reader_s_framing(mnist: Mnist) -> None:
    some = mnist.test.first(3)
    expected = [frame_digit(image.astype(np.float32) / 255) for image in some.images]
    assert (frame_samples(some) == np.stack(expected)).all()
