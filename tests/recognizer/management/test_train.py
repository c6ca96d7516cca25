from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from pytest_django import Settings

from mlmodel.artifact.card import ModelCard
from mlmodel.artifact.directory import ModelMissing, ModelNotWritten
from mlmodel.artifact.versions import CHOSEN_FILE, folder_of, publish
from mlmodel.mnist.data import DataMissing
from mlmodel.training import TrainingConfig, TrainingStopped
from mlmodel.training.export import ExportDiffers
from recognizer.management.commands import train as command
from recognizer.models import ModelVersion
from tests.makers import make_model_version
from tests.mlmodel.cards import make_artifacts, make_card

# Each network has 1,500,000 bytes and was trained in 45 seconds.
ARTIFACTS = make_artifacts(b"d" * 1_500_000, b"l" * 1_500_000)
TRAINED = make_card(ARTIFACTS, test_accuracy=0.9951)
Calls = list[tuple[TrainingConfig, Path]]


@pytest.fixture
def model_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.MODEL_DIR = tmp_path / "model"
    return tmp_path / "model"


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch, model_dir: Path) -> Calls:
    """What was to be trained: the training itself takes minutes, and has its own tests."""
    calls: Calls = []

    def train(
        config: TrainingConfig, models: Path, _work: Path, _report: object, *, base: Path | None
    ) -> ModelCard:
        assert (base is None) == bool(config.digits and config.lines and config.second)
        calls.append((config, models))
        publish(TRAINED, ARTIFACTS, models)
        return TRAINED

    monkeypatch.setattr(command, "train", train)
    return calls


def failing(error: BaseException) -> Callable[..., ModelCard]:
    def train(*_args: object, **_options: object) -> ModelCard:
        raise error

    return train


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("train", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "config"),
    [
        ((), TrainingConfig()),
        (("--fast",), TrainingConfig.fast()),
        (("--seed", "0"), TrainingConfig().with_seed(0)),
        (("--seed", "7", "--epochs", "1"), TrainingConfig().with_seed(7).with_epochs(1)),
        (("--fast", "--epochs", "3"), TrainingConfig.fast().with_epochs(3)),
        (("--only", "digits"), TrainingConfig(lines=None, second=None)),
        (("--fast", "--only", "lines"), replace(TrainingConfig.fast(), digits=None, second=None)),
        (("--only", "second"), TrainingConfig(digits=None, lines=None)),
    ],
)
def test_arguments_change_the_recipe(
    trainings: Calls, model_dir: Path, arguments: tuple[str, ...], config: TrainingConfig
) -> None:
    run(*arguments)
    assert trainings == [(config, model_dir)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--epochs", "0"),
        ("--epochs", "-1"),
        ("--epochs", "many"),
        ("--seed", "-1"),
        ("--seed", str(2**32)),
        ("--seed", "1.5"),
    ],
)
def test_numbers_that_cannot_be_are_refused_before_training(
    trainings: Calls, arguments: tuple[str, str]
) -> None:
    with pytest.raises(CommandError, match="is no whole number from"):
        run(*arguments)
    assert trainings == []


@pytest.mark.django_db
def test_a_trained_model_becomes_the_active_one(trainings: Calls) -> None:
    make_model_version(make_card(make_artifacts(b"before")), activate=True)
    run()
    active = ModelVersion.objects.active()
    assert active is not None
    assert active.artifact_sha256 == TRAINED.sha256


@pytest.mark.django_db
def test_a_model_for_another_folder_is_listed_and_does_not_read(
    trainings: Calls, tmp_path: Path
) -> None:
    before = make_model_version(make_card(make_artifacts(b"before")), activate=True)
    run("--output", str(tmp_path / "elsewhere"))
    assert trainings[0][1] == tmp_path / "elsewhere"
    assert ModelVersion.objects.active() == before
    assert ModelVersion.objects.count() == 2


@pytest.mark.django_db
def test_the_outcome_is_told(trainings: Calls, model_dir: Path) -> None:
    assert run() == (
        "Without --handwriting, the hands of the pictures are made up.\n"
        f"{TRAINED.name}: 99.51% of the MNIST test set, 3.0 MB, trained in "
        f"1.5 minutes, written to {folder_of(TRAINED.sha256, model_dir)}.\n"
        "It reads from now on; the model before stays beside it.\n"
    )


@pytest.mark.django_db
def test_a_database_that_is_down_does_not_undo_a_training(
    trainings: Calls, model_dir: Path
) -> None:
    with connection.execute_wrapper(refuse), pytest.raises(CommandError) as failed:
        run()
    folder = folder_of(TRAINED.sha256, model_dir)
    assert f"`manage.py activate_model {folder}` does that later" in str(failed.value)
    assert str(failed.value).endswith("connection refused")


@pytest.mark.django_db
def test_a_choice_that_cannot_be_noted_does_not_undo_a_training(
    trainings: Calls, model_dir: Path
) -> None:
    (model_dir / CHOSEN_FILE / "in the way").mkdir(parents=True)
    with pytest.raises(CommandError, match=r"It was not promoted.*does that later.*can't be"):
        run()
    assert folder_of(TRAINED.sha256, model_dir).is_dir()
    assert ModelVersion.objects.active() is None


def refuse(*_query: object) -> None:
    raise OperationalError("connection refused\nIs the server running?")


@pytest.mark.parametrize(
    "error",
    [
        ModelMissing("There is no model in /model."),
        ModelNotWritten("No model can be written to /model."),
        DataMissing("train-images is missing."),
        ExportDiffers("LiteRT answers otherwise."),
    ],
)
def test_failures_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, model_dir: Path, error: Exception
) -> None:
    monkeypatch.setattr(command, "train", failing(error))
    with pytest.raises(CommandError, match=str(error)) as failed:
        run()
    assert failed.value.returncode == 1


def test_without_tensorflow_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, model_dir: Path
) -> None:
    monkeypatch.setattr(command, "train", failing(ModuleNotFoundError(name="tensorflow")))
    with pytest.raises(CommandError, match=r"tensorflow is not installed.*requirements\.txt"):
        run()


def test_ctrl_c_ends_it_as_a_shell_expects(
    monkeypatch: pytest.MonkeyPatch, model_dir: Path
) -> None:
    stopped = TrainingStopped("Training was stopped. /model is as it was before.")
    monkeypatch.setattr(command, "train", failing(stopped))
    with pytest.raises(CommandError, match="is as it was before") as failed:
        run()
    assert failed.value.returncode == 130


def test_a_preview_trains_nothing(trainings: Calls, tmp_path: Path) -> None:
    file = tmp_path / "pictures.png"
    assert run("--preview", str(file)) == f"Written to {file}.\n"
    assert file.read_bytes().startswith(b"\x89PNG")
    assert trainings == []


def test_a_preview_that_cannot_be_written_is_said(trainings: Calls, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="can't be written"):
        run("--preview", str(tmp_path / "missing" / "pictures.png"))
