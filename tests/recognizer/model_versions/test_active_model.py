import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from mlmodel.artifact.card import ModelCard
from mlmodel.artifact.directory import CARD_FILE, Artifacts, ModelDamaged, ModelMissing, read_model
from mlmodel.artifact.versions import choose, folder_of, publish
from mlmodel.model import SHIPPED_DIR, Model
from recognizer.model_versions import active_model
from recognizer.models import ModelVersion
from tests.makers import lose_the_model, make_model_version
from tests.mlmodel.cards import make_card

pytestmark = pytest.mark.django_db
SHIPPED = read_model(SHIPPED_DIR)


@pytest.fixture(autouse=True)
def models(settings: Settings, tmp_path: Path) -> Path:
    """An empty folder of models."""
    settings.MODEL_DIR = tmp_path / "models"
    return tmp_path / "models"


def retrained(models: Path) -> ModelCard:
    """Another version, as a training publishes it."""
    # Appended bytes make another artifact with the same answers.
    other = Artifacts(SHIPPED[1].digits + b"\0" * 16, SHIPPED[1].lines)
    card = make_card(other, name="retrained")
    publish(card, other, models)
    return card


def away(*_query: object) -> None:
    raise OperationalError("connection refused")


def test_before_any_promotion_the_shipped_model_reads() -> None:
    assert active_model.model().card == SHIPPED[0]
    assert active_model.card() == SHIPPED[0]


def test_a_model_that_lies_in_the_folder_itself_reads_before_any_promotion(models: Path) -> None:
    shutil.copytree(SHIPPED_DIR, models)
    assert active_model.active_folder() == models


def test_the_model_is_loaded_once() -> None:
    assert active_model.model() is active_model.model()


@pytest.mark.django_db(transaction=True)
def test_all_threads_share_one() -> None:
    together = Barrier(8)

    def ask(_: int) -> Model:
        together.wait()
        try:
            return active_model.model()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))
    assert len({id(model) for model in found}) == 1


def test_the_active_version_reads_and_no_other(models: Path) -> None:
    before = active_model.model()
    card = retrained(models)
    assert active_model.model() is before
    make_model_version(card, activate=True)
    assert active_model.model().card.name == "retrained"


def test_an_earlier_version_can_read_again(models: Path) -> None:
    make_model_version(retrained(models), activate=True)
    assert active_model.model().card.name == "retrained"
    make_model_version(SHIPPED[0], activate=True)
    assert active_model.model().card == SHIPPED[0]


def test_who_reads_with_the_old_model_may_go_on(models: Path) -> None:
    before = active_model.model()
    make_model_version(retrained(models), activate=True)
    active_model.model()
    assert before.classifier.classify(np.zeros((1, 28, 28), np.float32)).shape == (1, 11)


def test_a_version_that_is_not_here_is_missing(settings: Settings, tmp_path: Path) -> None:
    lose_the_model(settings, tmp_path)
    with pytest.raises(ModelMissing, match="is not in"):
        active_model.model()
    assert active_model.card() is None


def test_a_version_that_comes_later_is_found(models: Path) -> None:
    card = make_card(Artifacts(SHIPPED[1].digits + b"\0" * 16, SHIPPED[1].lines), name="retrained")
    make_model_version(card, activate=True)
    with pytest.raises(ModelMissing):
        active_model.model()
    retrained(models)
    assert active_model.model().card == card


def test_while_the_active_version_is_missing_the_one_before_reads_on(
    models: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = active_model.model()
    make_model_version(activate=True)
    for _ in range(3):
        assert active_model.model() is before
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_damaged_model_is_not_used(models: Path) -> None:
    card = retrained(models)
    folder = folder_of(card.sha256, models)
    (folder / card.lines.artifact_file).write_bytes(b"something else")
    make_model_version(card, activate=True)
    with pytest.raises(ModelDamaged):
        active_model.model()


def test_a_model_that_cannot_be_opened_is_missing(models: Path) -> None:
    (models / CARD_FILE).mkdir(parents=True)
    with pytest.raises(ModelMissing):
        active_model.model()


def test_without_a_database_the_last_choice_reads(models: Path) -> None:
    choose(retrained(models).sha256, models)
    with connection.execute_wrapper(away):
        assert active_model.model().card.name == "retrained"


def test_without_a_database_or_a_choice_the_shipped_model_reads() -> None:
    with connection.execute_wrapper(away):
        assert active_model.model().card == SHIPPED[0]


def test_reading_registers_a_version_and_activates_none() -> None:
    model = active_model.model()
    version = active_model.version_of(model)
    assert active_model.version_of(model) == version
    assert (version.name, version.active) == (SHIPPED[0].name, False)
    assert ModelVersion.objects.active() is None


def test_without_a_database_what_is_loaded_reads_on(models: Path) -> None:
    choose(retrained(models).sha256, models)
    before = active_model.model()
    with connection.execute_wrapper(away):
        assert active_model.model() is before
