from pathlib import Path

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from mlmodel.artifact.card import ModelError
from mlmodel.artifact.directory import ModelNotWritten, read_card
from mlmodel.artifact.versions import chosen
from mlmodel.model import SHIPPED_DIR
from recognizer.model_versions import promotion
from recognizer.model_versions.active_model import model
from recognizer.model_versions.promotion import promote, promote_shipped_if_none_reads
from recognizer.models import ModelVersion
from tests.makers import make_model_version

pytestmark = pytest.mark.django_db
SHIPPED = read_card(SHIPPED_DIR)


@pytest.fixture(autouse=True)
def models(settings: Settings, tmp_path: Path) -> Path:
    settings.MODEL_DIR = tmp_path / "models"
    return tmp_path / "models"


def active_sha256() -> str:
    version = ModelVersion.objects.active()
    assert version
    return version.artifact_sha256


def test_a_promoted_version_is_the_active_one_and_noted_for_who_has_no_database(
    models: Path,
) -> None:
    make_model_version(activate=True)
    promote(SHIPPED)
    assert active_sha256() == chosen(models) == SHIPPED.sha256
    assert ModelVersion.objects.count() == 2


def test_without_a_database_nothing_is_promoted(models: Path) -> None:
    def away(*_query: object) -> None:
        raise OperationalError("connection refused")

    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        promote(SHIPPED)
    assert chosen(models) is None


def test_where_the_note_can_t_be_written_nothing_is_promoted(models: Path) -> None:
    before = make_model_version(activate=True)
    models.write_text("in the way")
    with pytest.raises(ModelNotWritten):
        promote(SHIPPED)
    assert ModelVersion.objects.active() == before


def test_on_the_first_start_the_shipped_model_is_promoted() -> None:
    assert promote_shipped_if_none_reads()
    assert active_sha256() == SHIPPED.sha256
    assert not promote_shipped_if_none_reads()


def test_after_an_update_that_can_t_read_the_active_version_the_shipped_one_is_promoted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_model_version(activate=True)
    assert promote_shipped_if_none_reads()
    assert model().card == SHIPPED
    assert "the active version can't read here" in caplog.text


def test_a_shipped_model_that_can_t_be_trusted_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(promotion, "SHIPPED_DIR", tmp_path / "nothing")
    with pytest.raises(ModelError, match="There is no model"):
        promote_shipped_if_none_reads()
