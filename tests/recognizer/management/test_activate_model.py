import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, InterfaceError, OperationalError
from pytest_django import Settings

from mlmodel.artifact.directory import read_card
from mlmodel.model import SHIPPED_DIR
from recognizer.model_versions import active_model
from recognizer.models import ModelVersion


@pytest.fixture
def model_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.MODEL_DIR = tmp_path / "model"
    return tmp_path / "model"


def activate(folder: Path) -> str:
    out = StringIO()
    call_command("activate_model", str(folder), stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_good_model_reads_at_once(model_dir: Path) -> None:
    told = activate(SHIPPED_DIR)
    card = read_card(SHIPPED_DIR)
    assert f"{card.name} reads now" in told
    assert active_model.model().card == card
    version = ModelVersion.objects.active()
    assert version
    assert version.artifact_sha256 == card.sha256


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_it_needs_no_database(
    kind: type[Error], model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_options: object) -> None:
        raise kind("connection refused\nmore")

    monkeypatch.setattr(ModelVersion.objects, "register", away)
    assert "can't be reached (connection refused)" in activate(SHIPPED_DIR)
    assert active_model.model()


def test_a_folder_without_a_model_is_refused(model_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no model"):
        activate(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(settings: Settings, tmp_path: Path) -> None:
    settings.MODEL_DIR = Path(shutil.copy2(SHIPPED_DIR / "card.json", tmp_path / "in the way"))
    with pytest.raises(CommandError, match="cannot be written"):
        activate(SHIPPED_DIR)
