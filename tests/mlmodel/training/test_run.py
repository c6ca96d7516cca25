import itertools
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mlmodel.augmentation import Augmentation
from mlmodel.card import ModelCard, ModelNotWritten, publish, read_model
from mlmodel.classifier import Classifier
from mlmodel.data import frame_samples, load_mnist
from mlmodel.export import ExportDiffers
from mlmodel.normalize import PREPROCESSING_VERSION
from mlmodel.training import Step, TrainingConfig, TrainingStopped, train
from mlmodel.training.run import augmented_batches
from tests.mlmodel.cards import make_card

TINY = TrainingConfig(
    seed=3,
    epochs=2,
    widths=(4, 8, 16),
    batch_size=64,
    averaging=0.5,
    held_out=200,
    training_samples=640,
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ModelCard, list[Step]]:
    output, steps = tmp_path_factory.mktemp("model"), list[Step]()
    return output, train(TINY, output, steps.append), steps


def test_a_trained_model_can_be_loaded(trained: tuple[Path, ModelCard, list[Step]]) -> None:
    output, card, _ = trained
    assert Classifier.load(output).card == card


def test_the_card_says_how_the_model_was_made(
    trained: tuple[Path, ModelCard, list[Step]],
) -> None:
    _, card, _ = trained
    assert card.seed == 3
    assert card.recipe["widths"] == [4, 8, 16]
    assert card.training_samples == 640
    assert card.preprocessing_version == PREPROCESSING_VERSION
    assert card.largest_difference < 1e-4


def test_the_card_s_accuracy_is_that_of_its_confusion(
    trained: tuple[Path, ModelCard, list[Step]],
) -> None:
    _, card, _ = trained
    confusion = np.array(card.confusion)
    assert confusion.sum() == 10_000
    assert card.test_accuracy == np.trace(confusion) / 10_000


def test_every_step_is_reported(trained: tuple[Path, ModelCard, list[Step]]) -> None:
    _, _, steps = trained
    places = [(step.epoch, step.step) for step in steps if step.validation_accuracy is None]
    assert places == list(itertools.product([1, 2], range(1, 11)))
    assert [step.epoch for step in steps if step.validation_accuracy is not None] == [1, 2]


def test_it_learns(trained: tuple[Path, ModelCard, list[Step]]) -> None:
    _, _, steps = trained
    assert steps[-1].loss < steps[0].loss


def test_the_seed_decides_order_and_augmentation() -> None:
    samples = load_mnist().training.first(200)
    frames = frame_samples(samples)
    first, again, other = (
        list(augmented_batches(frames, samples.labels, replace(TINY, seed=seed)))
        for seed in (1, 1, 2)
    )
    assert all((a[0] == b[0]).all() for a, b in zip(first, again, strict=True))
    assert all((a[0] != b[0]).any() for a, b in zip(first, other, strict=True))


def test_an_epoch_shows_every_sample_once() -> None:
    samples = load_mnist().training.first(128)
    still = Augmentation(**dict.fromkeys(TINY.augmentation.__dataclass_fields__, 0))
    frames = frame_samples(samples)
    batches = augmented_batches(frames, samples.labels, replace(TINY, augmentation=still))
    shown = np.concatenate([labels for _, labels in itertools.islice(batches, 2)])
    assert sorted(shown) == sorted(samples.labels)


def test_an_unwritable_output_is_found_before_training(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    steps: list[Step] = []
    with pytest.raises(ModelNotWritten):
        train(TINY, tmp_path / "file", steps.append)
    assert not steps


def test_nothing_is_published_where_litert_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(make_card(), b"an artifact", tmp_path)
    monkeypatch.setattr("mlmodel.export.MAX_DIFFERENCE", -1)
    with pytest.raises(ExportDiffers):
        train(replace(TINY, epochs=1), tmp_path)
    assert read_model(tmp_path)[1] == b"an artifact"


def test_ctrl_c_keeps_the_model_before(tmp_path: Path) -> None:
    publish(make_card(), b"an artifact", tmp_path)

    def press_ctrl_c(_step: Step) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(TrainingStopped, match="as it was before"):
        train(TINY, tmp_path, press_ctrl_c)
    assert read_model(tmp_path) == (make_card(), b"an artifact")


def test_a_kill_keeps_the_model_before(tmp_path: Path) -> None:
    publish(make_card(), b"an artifact", tmp_path)
    code = (
        "import os, sys; from pathlib import Path; from mlmodel.training import *;"
        "train(TrainingConfig(epochs=1, widths=(4, 8, 16)), Path(sys.argv[1]),"
        "      lambda step: os.kill(os.getpid(), 9))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert read_model(tmp_path) == (make_card(), b"an artifact")


def test_importing_the_trainer_loads_no_tensorflow() -> None:
    code = "import sys, mlmodel.training; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
