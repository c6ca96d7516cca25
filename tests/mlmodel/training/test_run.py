import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mlmodel.artifact.card import ModelCard
from mlmodel.artifact.directory import ModelMissing, ModelNotWritten, read_model
from mlmodel.artifact.versions import folder_of, publish
from mlmodel.digits import normalize
from mlmodel.lines import strips
from mlmodel.model import Model
from mlmodel.training import Step, TrainingConfig, TrainingStopped, train
from mlmodel.training.config import ReadingConfig
from mlmodel.training.digits.config import DigitsConfig
from mlmodel.training.export import ExportDiffers
from mlmodel.training.lines.config import LinesConfig
from mlmodel.training.run import NotGoodEnough
from tests.mlmodel.cards import make_artifacts, make_card

TINY = TrainingConfig(
    digits=DigitsConfig(
        seed=3,
        epochs=2,
        widths=(4, 8, 16),
        batch_size=64,
        averaging=0.5,
        training_samples=640,
        pictures=60,
        foreign_pictures=20,
    ),
    lines=LinesConfig(
        seed=3,
        pictures=120,
        validation_pictures=40,
        epochs=1,
        settling_epochs=1,
        widths=(4, 8, 8, 8, 8),
        batch_size=8,
        averaging=0.5,
    ),
    second=None,
    reading=ReadingConfig(pictures=60),
    least_accuracy=0.0,
)
ONLY_DIGITS = TINY.only("digits")
# Keras warns where it writes its checkpoints.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

Outcome = tuple[Path, ModelCard, list[Step]]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder, steps = tmp_path_factory.mktemp("training"), list[Step]()
    card = train(TINY, folder / "model", folder / "work", steps.append)
    return folder, card, steps


def folder_in(trained: Outcome) -> Path:
    """The folder of the version that was trained."""
    folder, card, _ = trained
    return folder_of(card.sha256, folder / "model")


def test_a_trained_model_can_be_loaded(trained: Outcome) -> None:
    assert Model.load(folder_in(trained)).card == trained[1]


def test_nothing_of_the_work_is_left(trained: Outcome) -> None:
    assert not (trained[0] / "work").exists()


def test_the_card_says_how_the_model_was_made(trained: Outcome) -> None:
    _, card, _ = trained
    assert (card.digits.seed, card.lines.seed) == (3, 3)
    assert card.digits.recipe["widths"] == [4, 8, 16]
    assert card.digits.training_samples > 640
    assert card.digits.preprocessing_version == normalize.PREPROCESSING_VERSION
    assert card.lines.preprocessing_version == strips.PREPROCESSING_VERSION
    assert 0 < max(card.digits.export_difference, card.lines.export_difference) < 0.05
    assert card.reading.pictures == 30
    assert card.second is None


def test_the_card_s_accuracy_is_that_of_its_confusion(trained: Outcome) -> None:
    _, card, _ = trained
    confusion = np.array(card.confusion)
    assert confusion.sum() == 10_000
    assert card.test_accuracy == np.trace(confusion) / 10_000


def test_every_part_is_reported(trained: Outcome) -> None:
    _, _, steps = trained
    parts = [*dict.fromkeys(step.part for step in steps)]
    assert parts == [
        "pictures of digits",
        "digits",
        "pictures of lines",
        "pictures held out",
        "lines",
        "strips to settle on",
        "settling",
        "reading",
    ]
    assert [str(step)[:16] for step in steps if step.part == "digits" and step.lasting] == [
        "digits epoch 1/2",
        "digits epoch 2/2",
    ]
    for part in parts:
        shares = [step.share_done for step in steps if step.part == part]
        assert shares == sorted(shares)
        assert shares[-1] == pytest.approx(1)


def test_one_network_can_be_trained_alone(trained: Outcome, tmp_path: Path) -> None:
    _, before, _ = trained
    config, base = ONLY_DIGITS.with_seed(4), folder_in(trained)
    card = train(config, tmp_path, tmp_path / "work", base=base)
    assert card.lines == before.lines
    assert card.digits != before.digits
    assert card.sha256 != before.sha256


def test_alone_it_needs_the_other_network(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        train(ONLY_DIGITS, tmp_path, tmp_path / "work", base=tmp_path)


def test_an_unwritable_output_is_found_before_training(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    steps: list[Step] = []
    with pytest.raises(ModelNotWritten):
        train(TINY, tmp_path / "file", tmp_path / "work", steps.append)
    assert not steps


def test_nothing_is_published_where_litert_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publish(make_card(), make_artifacts(), tmp_path / "model")
    monkeypatch.setattr("mlmodel.training.export.MOST_DIFFERENCE", -1)
    with pytest.raises(ExportDiffers):
        train(TINY.with_epochs(1), tmp_path / "model", tmp_path / "work")
    assert list((tmp_path / "model").iterdir()) == [before]
    assert read_model(before)[1] == make_artifacts()


def test_a_model_that_reads_too_little_takes_no_place(trained: Outcome, tmp_path: Path) -> None:
    config = replace(ONLY_DIGITS, least_accuracy=0.999)
    with pytest.raises(NotGoodEnough, match="as it was before"):
        train(config, tmp_path / "model", tmp_path / "work", base=folder_in(trained))
    assert not list((tmp_path / "model").iterdir())


def test_ctrl_c_keeps_the_model_before(tmp_path: Path) -> None:
    kept = publish(make_card(), make_artifacts(), tmp_path / "model")

    def press_ctrl_c(_step: Step) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    # A process that a shell started in the background ignores Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(TrainingStopped, match="as it was before"):
            train(TINY, tmp_path / "model", tmp_path / "work", press_ctrl_c)
    finally:
        signal.signal(signal.SIGINT, before)
    assert list((tmp_path / "model").iterdir()) == [kept]
    assert read_model(kept) == (make_card(), make_artifacts())


# A training that kills its own process after the first epoch.
KILLED = """
import os, sys
from pathlib import Path
from mlmodel.training import train
from tests.mlmodel.training.test_run import ONLY_DIGITS

def report(step):
    if step.part == "digits" and step.share_done > 0.75:
        os.kill(os.getpid(), 9)

if __name__ == "__main__":
    models, work, base = map(Path, sys.argv[1:])
    train(ONLY_DIGITS, models, work, report, base=base)
"""


def test_a_kill_keeps_the_model_before_and_the_training_goes_on(
    trained: Outcome, tmp_path: Path
) -> None:
    base = folder_in(trained)
    before = publish(*read_model(base), tmp_path / "model")
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    places = [str(place) for place in (tmp_path / "model", tmp_path / "work", base)]
    command = [sys.executable, str(script), *places]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert list((tmp_path / "model").iterdir()) == [before]
    assert read_model(before) == read_model(base)
    steps: list[Step] = []
    card = train(ONLY_DIGITS, tmp_path / "model", tmp_path / "work", steps.append, base=base)
    epochs = [str(step)[:16] for step in steps if step.part == "digits" and step.lasting]
    assert epochs == ["digits epoch 2/2"]
    assert replace(card.digits, seconds=0.0).epochs == 2


def test_importing_the_trainer_loads_no_tensorflow() -> None:
    code = "import sys, mlmodel.training; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
