from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mlmodel.lines.columns import ANSWERS, CLASSES, SEQUENCE
from mlmodel.training.lines.config import LinesConfig
from mlmodel.training.lines.pool import MOST_DIGITS, Pool, Strips, training_pool, validation_pool
from mlmodel.training.lines.run import read_best, train_lines
from mlmodel.training.lines.targets import targets
from mlmodel.training.lines.variation import vary
from mlmodel.training.progress import Step, silent

TINY = LinesConfig(
    seed=5,
    pictures=260,
    validation_pictures=160,
    epochs=1,
    settling_epochs=1,
    widths=(4, 8, 8, 8, 8),
    batch_size=16,
    averaging=0.5,
)


def nothing(_: object) -> None:
    """Report nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("line")


@pytest.fixture(scope="module")
def pool(folder: Path) -> Pool:
    return training_pool(TINY, folder, nothing)


def test_strips_are_sorted_into_widths(pool: Pool) -> None:
    assert sum(map(len, pool.values())) > 250
    for width, strips in pool.items():
        assert strips.pixels.shape[1:] == (40, width)
        assert strips.pixels.dtype == np.uint8
        assert len(strips.values) == len(strips.boxes) == len(strips.pixels)
        # Places after the last digit hold -1.
        assert (strips.values >= -1).all()
        assert (strips.values <= 9).all()


def test_shards_are_taken_up(folder: Path, pool: Pool) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.npz")}
    again = training_pool(TINY, folder, nothing)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.npz")} == before
    assert all((again[width].pixels == pool[width].pixels).all() for width in pool)


def test_another_seed_makes_other_strips(folder: Path, pool: Pool) -> None:
    other = training_pool(replace(TINY, seed=6, pictures=20), folder, nothing)
    assert other[64].pixels[0].tolist() != pool[64].pixels[0].tolist()


def test_validation_has_strips_of_its_own(folder: Path, pool: Pool) -> None:
    held_out = validation_pool(TINY, folder, nothing)
    assert sum(map(len, held_out.values())) > 130


# Keras warns where it writes its checkpoints.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_it_trains_and_is_taken_up(folder: Path, pool: Pool) -> None:
    steps: list[Step] = []
    network, strips, share = train_lines(TINY, folder, steps.append)
    assert strips == sum(map(len, pool.values()))
    assert 0 <= share <= 1
    assert network.output_shape[-1] == ANSWERS
    lasting = [str(step) for step in steps if step.lasting]
    assert any(text.startswith("lines epoch 1/1") for text in lasting)
    assert any(text.startswith("settling epoch 1/1") for text in lasting)
    # A training that was interrupted after its last epoch ends at once, with the same weights.
    again, _, same_share = train_lines(TINY, folder, silent)
    assert same_share == pytest.approx(share, abs=0.02)
    for one, other in zip(network.get_weights(), again.get_weights(), strict=True):
        assert one == pytest.approx(other, abs=1e-5)


def test_it_settles_on_the_strips_that_it_reads_best() -> None:
    legible = np.arange(10) % 5 > 0
    values = np.full((10, MOST_DIGITS), -1, np.int8)
    values[:, :2] = 4, 7
    boxes = np.zeros((10, MOST_DIGITS, 4), np.float32)
    boxes[:, :2] = (10, 8, 26, 32), (30, 6, 40, 31)
    pixels = np.zeros((10, 40, 64), np.uint8)
    pixels[legible, 0, 0] = 255
    strips = Strips(pixels, values, boxes)
    wanted = targets(strips)[0, :, 0].astype(int)

    def network(pixels: np.ndarray, *, training: bool) -> np.ndarray:
        """Answer right for legible strips, and evenly for the others."""
        assert not training
        answers = np.zeros((len(pixels), len(wanted), ANSWERS), np.float32)
        answers[..., SEQUENCE] = 20 * np.eye(CLASSES)[wanted]
        return answers * (pixels[:, 0, 0] > 0)[..., np.newaxis]

    shares: list[float] = []
    best = read_best(network, {64: strips, 96: strips.chosen(legible)}, 0.8, shares.append)
    assert best[64].pixels[:, 0, 0].tolist() == [255] * 8
    assert len(best[96]) == 8
    assert shares == [0.5, 1]


def test_variation_keeps_shape_type_and_range() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (6, 40, 64), np.uint8)
    varied = vary(pixels, np.random.default_rng(2))
    assert varied.shape == pixels.shape
    assert varied.dtype == np.float32
    assert 0 <= varied.min() <= varied.max() <= 1
    assert (varied == vary(pixels, np.random.default_rng(2))).all()
    assert (varied != vary(pixels, np.random.default_rng(3))).any()
