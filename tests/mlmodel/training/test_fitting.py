from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.training.fitting import Batch, Batches, Goal, fit
from mlmodel.training.progress import Step

Weights = NDArray[np.float32]

STEPS = 40  # in an epoch
# Keras warns where it writes its checkpoints.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@dataclass(frozen=True)
class TinyRecipe:
    epochs: int = 3
    peak_learning_rate: float = 0.1
    warmup_share: float = 0.1
    weight_decay: float = 0.0
    averaging: float = 0.9


@dataclass
class Points:
    """Batches of eight points on a straight line; records which epochs were asked for."""

    steps: int = STEPS
    slope: float = 3
    offset: float = -1
    spread: float = 1  # of x
    asked: list[int] = field(default_factory=list)

    def of_epoch(self, epoch: int) -> Iterator[Batch]:
        self.asked.append(epoch)
        random = np.random.default_rng(epoch)
        for _ in range(self.steps):
            x = np.asarray(random.normal(0, self.spread, (8, 1)), np.float32)
            yield x, self.slope * x + self.offset

    @property
    def batches(self) -> Batches:
        return Batches(self.of_epoch, self.steps, (None, 1), (None, 1), "float32")


class Training:
    """A training of a slope and an offset, which are both 1 at first."""

    def __init__(self, points: Points | None = None, stop_after: int | None = None) -> None:
        """stop_after: the number of steps after which Ctrl-C is pressed."""
        import keras

        dense = keras.layers.Dense(1, kernel_initializer="ones", bias_initializer="ones")
        self.network: Any = keras.Sequential([keras.Input((1,)), dense])
        self.points = points or Points()
        self.stop_after = stop_after
        self.reports: list[Step] = []
        self.passed: list[Weights] = []  # the weights after each step

    def run(
        self, folder: Path, recipe: TinyRecipe | None = None, goal: Goal | None = None
    ) -> "Training":
        fit(
            self.network,
            goal or Goal("mse"),
            self.points.batches,
            Points(5).batches,
            recipe or TinyRecipe(),
            folder,
            "tiny",
            self._report,
        )
        return self

    def _report(self, step: Step) -> None:
        self.reports.append(step)
        if not step.lasting:
            self.passed.append(self.weights)
        if len(self.passed) == self.stop_after:
            raise KeyboardInterrupt

    @property
    def weights(self) -> Weights:
        """The slope and the offset."""
        return np.concatenate([np.ravel(array) for array in self.network.get_weights()])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Training:
    return Training().run(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def taken_up(tmp_path_factory: pytest.TempPathFactory) -> Training:
    """A training that goes on after another one was stopped in its second epoch."""
    folder = tmp_path_factory.mktemp("stopped")
    with pytest.raises(KeyboardInterrupt):
        Training(stop_after=STEPS + 7).run(folder)
    return Training().run(folder)


def test_it_learns(whole: Training) -> None:
    assert whole.weights == pytest.approx([3, -1], abs=0.05)


def test_every_step_and_the_end_of_every_epoch_is_reported(whole: Training) -> None:
    epoch = [False] * STEPS + [True]
    assert [step.lasting for step in whole.reports] == 3 * epoch
    assert {step.part for step in whole.reports} == {"tiny"}


def test_the_share_that_is_done_grows_evenly_to_one(whole: Training) -> None:
    steps = [step.share_done for step in whole.reports if not step.lasting]
    assert steps == pytest.approx(np.arange(1, 3 * STEPS + 1) / (3 * STEPS))
    ends = [step.share_done for step in whole.reports if step.lasting]
    assert ends == pytest.approx([1 / 3, 2 / 3, 1])


def test_a_report_tells_the_epoch_and_the_losses(whole: Training) -> None:
    first, last = whole.reports[0], whole.reports[-1]
    assert first.text.startswith("epoch 1/3 loss ")
    assert last.text.startswith("epoch 3/3 loss ")
    assert " val_loss " in last.text


def test_a_metric_is_told_in_the_place_of_the_loss(tmp_path: Path) -> None:
    training = Training().run(tmp_path, TinyRecipe(epochs=1), Goal("mse", "mae"))
    assert " val_mae " in training.reports[-1].text
    assert " val_loss " not in training.reports[-1].text


def test_every_epoch_has_its_own_batches(whole: Training) -> None:
    assert whole.points.asked == [0, 1, 2]


def test_the_network_ends_with_the_mean_of_its_steps(whole: Training) -> None:
    mean = whole.passed[0]
    for weights in whole.passed[1:]:
        mean = 0.9 * mean + 0.1 * weights
    assert whole.weights == pytest.approx(mean, abs=1e-4)
    assert whole.weights != pytest.approx(whole.passed[-1], abs=1e-3)


def test_validation_looks_at_the_mean(whole: Training) -> None:
    slope, offset = whole.weights
    losses = [np.mean((slope * x + offset - y) ** 2) for x, y in Points(5).of_epoch(0)]
    told = float(whole.reports[-1].text.split(" val_loss ")[1])
    assert told == pytest.approx(np.mean(losses), abs=1e-4)


def test_a_stopped_training_goes_on_with_the_epoch_that_was_cut_off(taken_up: Training) -> None:
    assert taken_up.points.asked == [1, 2]
    assert taken_up.reports[0].text.startswith("epoch 2/3")
    assert taken_up.reports[0].share_done == pytest.approx((1 + 1 / STEPS) / 3)


def test_a_stop_changes_no_result(whole: Training, taken_up: Training) -> None:
    assert taken_up.passed[-1] == pytest.approx(whole.passed[-1], abs=1e-5)
    assert taken_up.weights == pytest.approx(whole.weights, abs=1e-5)


def test_what_is_trained_after_a_stop_begins_with_its_own_first_epoch(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        Training(stop_after=2 * STEPS + 7).run(tmp_path / "first")
    training = Training().run(tmp_path / "first").run(tmp_path / "second", TinyRecipe(epochs=2))
    assert training.points.asked == [2, 0, 1]


def test_decay_makes_weights_small_and_leaves_offsets(tmp_path: Path) -> None:
    flat = Points(slope=0, offset=1, spread=0)  # nothing can be learned of the slope
    slope, offset = Training(flat).run(tmp_path, TinyRecipe(weight_decay=0.1)).weights
    assert slope < 0.9
    assert offset == pytest.approx(1, abs=1e-4)


def test_the_learning_rate_rises_and_then_falls_to_zero(tmp_path: Path) -> None:
    far = Points(slope=1_000)  # so that AdamW's steps are as long as the rate
    recipe = TinyRecipe(epochs=1, warmup_share=0.3)
    training = Training(far).run(tmp_path, recipe)
    lengths = np.abs(np.diff([slope for slope, _ in training.passed]))
    assert lengths.argmax() == pytest.approx(0.3 * STEPS, abs=1)
    assert lengths.max() == pytest.approx(recipe.peak_learning_rate, rel=0.1)
    assert max(lengths[0], lengths[-1]) < 0.2 * lengths.max()
