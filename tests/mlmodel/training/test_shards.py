import multiprocessing.dummy
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from mlmodel.mnist.data import load_mnist, split
from mlmodel.synthesis.photograph import Picture
from mlmodel.synthesis.pictures import synthetic_picture
from mlmodel.synthesis.shapes import MnistShapes
from mlmodel.training import shards
from mlmodel.training.shards import Arrays, Keep, Kind, Pictures, make_shards, validation_pictures

# Most digits of MNIST are held out: to measure all of them takes 6 s.
SEED, HELD_OUT = 5, 59_500
SEVEN = Pictures(SEED, HELD_OUT, 0, 7)


def sizes_of(pictures: Iterable[Picture]) -> Arrays:
    """What these tests store: the height, the width and the number of digits of each picture."""
    kept = [(*picture.image.shape, len(picture.digits)) for picture in pictures]
    return {"sizes": np.array(kept, np.int64).reshape(-1, 3)}


def nothing_of(_pictures: Iterable[Picture]) -> Arrays:
    """Store nothing, so that no picture is made."""
    return {}


def sizes_with_a_late_start(pictures: Iterable[Picture]) -> Arrays:
    """The same as `sizes_of`, but the first shard is finished last."""
    assert isinstance(pictures, Pictures)
    time.sleep(0.5 if pictures.first == 0 else 0)
    return sizes_of(pictures)


def what_no_file_holds(_pictures: Iterable[Picture]) -> Arrays:
    """Arrays that cannot be written, which shows only in the middle of the file."""
    return {"sizes": np.zeros(3), "things": np.array([object()])}


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "PICTURES_A_SHARD", 3)


@pytest.fixture
def in_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let workers be three threads on any machine: processes take a second to start."""
    threads = SimpleNamespace(Pool=lambda _cores: multiprocessing.dummy.Pool(3))
    context = SimpleNamespace(get_context=lambda _way: threads)
    monkeypatch.setattr(shards, "multiprocessing", context)
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


def made(
    folder: Path, pictures: Pictures = SEVEN, *, keep: Keep = sizes_of, version: int = 1
) -> list[Path]:
    return make_shards(pictures, keep, version, folder, lambda _share: None)


def sizes_in(paths: list[Path]) -> list[list[int]]:
    return [size for path in paths for size in np.load(path)["sizes"].tolist()]


def times(paths: list[Path]) -> list[int]:
    return [path.stat().st_mtime_ns for path in paths]


def same(one: Picture, other: Picture) -> bool:
    return np.array_equal(one.image, other.image) and one.digits == other.digits


def test_other_processes_keep_every_picture_in_order(tmp_path: Path) -> None:
    shares: list[float] = []
    paths = make_shards(SEVEN, sizes_of, 1, tmp_path, shares.append)
    assert [path.name for path in paths] == ["0-3.npz", "3-3.npz", "6-1.npz"]
    assert sizes_in(paths) == sizes_of(SEVEN)["sizes"].tolist()
    assert shares == pytest.approx([1 / 3, 2 / 3, 1])


@pytest.mark.usefixtures("in_threads")
def test_a_worker_that_is_late_changes_no_order(tmp_path: Path) -> None:
    paths = made(tmp_path, keep=sizes_with_a_late_start)
    assert times(paths)[0] == max(times(paths))
    assert sizes_in(paths) == sizes_of(SEVEN)["sizes"].tolist()


@pytest.mark.usefixtures("in_threads")
def test_only_what_is_missing_is_made(tmp_path: Path) -> None:
    paths = made(tmp_path)
    before, kept = times(paths), sizes_in(paths)
    paths[1].unlink()
    shares: list[float] = []
    assert make_shards(SEVEN, sizes_of, 1, tmp_path, shares.append) == paths
    assert [after == then for after, then in zip(times(paths), before, strict=True)] == [
        True,
        False,
        True,
    ]
    assert sizes_in(paths) == kept
    assert shares == [1]


@pytest.mark.usefixtures("in_threads")
def test_more_pictures_take_up_the_shards_that_are_there(tmp_path: Path) -> None:
    few = made(tmp_path, replace(SEVEN, count=6))
    before = times(few)
    assert made(tmp_path)[:2] == few
    assert times(few) == before


@pytest.mark.usefixtures("in_threads")
@pytest.mark.parametrize(
    "other",
    [
        replace(SEVEN, seed=SEED + 1),
        replace(SEVEN, held_out=HELD_OUT + 1),
        replace(SEVEN, kind=Kind.WITHOUT_DIGITS),
        replace(SEVEN, validation=True),
    ],
    ids=["seed", "held out", "without digits", "validation"],
)
def test_other_pictures_have_other_files(tmp_path: Path, other: Pictures) -> None:
    usual = made(tmp_path, keep=nothing_of)
    assert not set(usual) & set(made(tmp_path, other, keep=nothing_of))


@pytest.mark.usefixtures("in_threads")
def test_another_preprocessing_has_other_files(tmp_path: Path) -> None:
    usual = made(tmp_path, keep=nothing_of)
    assert not set(usual) & set(made(tmp_path, keep=nothing_of, version=2))


@pytest.mark.usefixtures("in_threads")
@pytest.mark.parametrize("pattern", shards._DECIDING_CODE)
def test_other_code_has_other_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    changed = tmp_path / "mlmodel"
    shutil.copytree(shards._LIBRARY, changed, ignore=shutil.ignore_patterns("*.woff2", "*.gz"))
    usual = made(tmp_path, keep=nothing_of)
    monkeypatch.setattr(shards, "_LIBRARY", changed)
    assert made(tmp_path, keep=nothing_of) == usual
    with next(changed.glob(pattern)).open("a") as module:
        module.write("# changed")
    assert not set(usual) & set(made(tmp_path, keep=nothing_of))


@pytest.mark.usefixtures("in_threads")
def test_a_shard_that_cannot_be_written_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        made(tmp_path, keep=what_no_file_holds)
    assert not {"0-3.npz", "3-3.npz", "6-1.npz"} & {path.name for path in tmp_path.rglob("*")}


@pytest.mark.usefixtures("in_threads")
def test_what_a_killed_run_left_half_written_is_not_taken(tmp_path: Path) -> None:
    (folder,) = {path.parent for path in made(tmp_path)}
    (folder / "0-3.npz").rename(folder / "0-3.partial.npz")
    (folder / "0-3.partial.npz").write_bytes(b"PK")
    assert sizes_in(made(tmp_path)) == sizes_of(SEVEN)["sizes"].tolist()


def test_no_pictures_have_no_shards(tmp_path: Path) -> None:
    assert made(tmp_path, replace(SEVEN, count=0)) == []


def test_a_picture_is_the_same_in_any_shard() -> None:
    (alone,) = replace(SEVEN, first=4, count=1)
    assert same(alone, list(SEVEN)[4])


def test_every_picture_is_another_one() -> None:
    assert not any(same(*pair) for pair in pairwise(SEVEN))


def test_another_seed_makes_other_pictures() -> None:
    other = replace(SEVEN, seed=SEED + 1)
    assert not any(same(*pair) for pair in zip(SEVEN, other, strict=True))


def test_pictures_without_digits_have_none() -> None:
    foreign = list(replace(SEVEN, count=20, kind=Kind.WITHOUT_DIGITS))
    assert not any(picture.digits for picture in foreign)
    assert any(picture.image.std() > 10 for picture in foreign)
    assert any(picture.digits for picture in SEVEN)


def test_validation_has_numbers_that_no_training_reaches() -> None:
    assert validation_pictures(SEED, HELD_OUT, 7).first > 100_000_000


def test_validation_is_written_with_digits_that_are_held_out() -> None:
    shapes = MnistShapes(split(load_mnist().training, 500)[1])
    pictures = validation_pictures(SEED, 500, 3)
    for number, picture in enumerate(pictures, start=pictures.first):
        assert same(picture, synthetic_picture(shapes, np.random.default_rng([SEED, number])))
