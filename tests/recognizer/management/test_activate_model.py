import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, InterfaceError, OperationalError, connection
from pytest_django import Settings

from mlmodel.artifact.directory import Artifacts, read_card, read_model, write_model
from mlmodel.artifact.versions import chosen, folder_of
from mlmodel.model import SHIPPED_DIR
from recognizer.model_versions import active_model
from recognizer.models import ModelVersion
from tests.mlmodel.cards import make_card


@pytest.fixture
def model_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.MODEL_DIR = tmp_path / "models"
    return tmp_path / "models"


def activate(*arguments: object) -> str:
    out = StringIO()
    call_command("activate_model", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def trained_elsewhere(folder: Path) -> Path:
    artifacts = read_model(SHIPPED_DIR)[1]
    # Appended bytes make another artifact with the same answers.
    other = Artifacts(artifacts.digits + b"\0" * 16, artifacts.lines)
    write_model(make_card(other, name="elsewhere"), other, folder)
    return folder


@pytest.mark.django_db
def test_a_good_model_reads_at_once(model_dir: Path, tmp_path: Path) -> None:
    folder = trained_elsewhere(tmp_path / "elsewhere")
    assert activate(folder) == "elsewhere reads from the next picture on.\n"
    shutil.rmtree(folder)
    assert active_model.model().card.name == "elsewhere"


@pytest.mark.django_db
def test_one_goes_back_to_an_earlier_model_by_its_folder(model_dir: Path, tmp_path: Path) -> None:
    activate(trained_elsewhere(tmp_path / "elsewhere"))
    first = active_model.active_folder()
    activate()
    assert active_model.model().card == read_card(SHIPPED_DIR)
    activate(first)
    assert active_model.model().card.name == "elsewhere"


@pytest.mark.django_db
def test_without_a_folder_the_shipped_model_reads_and_makes_way_for_the_next(
    model_dir: Path,
) -> None:
    activate()
    active = ModelVersion.objects.active()
    assert active
    assert active.promoted_automatically
    assert folder_of(active.artifact_sha256, model_dir).parent == model_dir


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_without_a_database_nothing_is_promoted(kind: type[Error], model_dir: Path) -> None:
    def away(*_query: object) -> None:
        raise kind("connection refused\nmore")

    with (
        connection.execute_wrapper(away),
        pytest.raises(CommandError, match=r"Nothing was promoted.*: connection refused$"),
    ):
        activate()
    assert chosen(model_dir) is None


def test_a_folder_without_a_model_is_refused(model_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no model"):
        activate(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(settings: Settings, tmp_path: Path) -> None:
    settings.MODEL_DIR = Path(shutil.copy2(SHIPPED_DIR / "card.json", tmp_path / "in the way"))
    with pytest.raises(CommandError, match="can't be written"):
        activate(trained_elsewhere(tmp_path / "elsewhere"))
