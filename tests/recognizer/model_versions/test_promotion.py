from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from mlmodel.artifact.card import ModelCard, ModelError
from mlmodel.artifact.directory import CARD_FILE, Artifacts, ModelNotWritten, read_card, read_model
from mlmodel.artifact.versions import choose, chosen, folder_of, publish
from mlmodel.model import SHIPPED_DIR
from recognizer.model_versions import promotion
from recognizer.model_versions.active_model import model
from recognizer.model_versions.promotion import promote, promote_shipped_if_due
from recognizer.models import ModelVersion
from tests.makers import make_model_version
from tests.mlmodel.cards import make_artifacts, make_card
from tests.threads import together

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


def test_two_promotions_at_once_leave_one_choice(
    models: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> None:
    cards = [make_card(make_artifacts(each)) for each in (b"one", b"two")]
    own, is_noted, is_done = choose, Event(), Event()

    def slow(sha256: str, folder: Path) -> None:
        own(sha256, folder)
        if sha256 == cards[0].sha256:
            is_noted.set()
            is_done.wait(1)

    def work(number: int) -> None:
        try:
            if number == 1:
                assert is_noted.wait(10)
            promote(cards[number])
            is_done.set()
        finally:
            connection.close()

    monkeypatch.setattr(promotion, "choose", slow)
    for answer in together(2, work):
        answer.result()
    assert active_sha256() == chosen(models)


def test_on_the_first_start_the_shipped_model_is_promoted(models: Path) -> None:
    assert promote_shipped_if_due()
    assert active_sha256() == SHIPPED.sha256
    assert read_card(folder_of(SHIPPED.sha256, models)) == SHIPPED
    assert not promote_shipped_if_due()


def test_the_shipped_model_of_an_earlier_version_is_copied_and_noted(models: Path) -> None:
    make_model_version(SHIPPED, activate=True)
    ModelVersion.objects.update(promoted_automatically=None)
    assert promote_shipped_if_due()
    assert ModelVersion.objects.get().promoted_automatically
    assert folder_of(SHIPPED.sha256, models).parent == models


def test_an_update_brings_its_model_where_nobody_chose_one() -> None:
    make_model_version().activate(automatically=True)
    assert promote_shipped_if_due()
    assert model().card == SHIPPED


def test_an_update_leaves_a_chosen_model(models: Path) -> None:
    promote(chosen_model(models))
    assert not promote_shipped_if_due()
    assert model().card.name == "chosen"


def test_a_chosen_model_whose_disk_is_away_keeps_its_place(
    models: Path, caplog: pytest.LogCaptureFixture
) -> None:
    card = chosen_model(models)
    promote(card)
    models.rename(models.with_name("unmounted"))
    assert not promote_shipped_if_due()
    assert active_sha256() == card.sha256
    assert "chosen can't read here: The model" in caplog.text


def test_a_chosen_model_of_a_format_that_nobody_reads_any_more_makes_way(models: Path) -> None:
    card = chosen_model(models)
    promote(card)
    path = folder_of(card.sha256, models) / CARD_FILE
    path.write_text(replace(card, format_version=1).to_json())
    assert promote_shipped_if_due()
    assert model().card == SHIPPED


def test_one_of_a_version_that_noted_no_choice_makes_way_where_it_can_t_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_model_version(activate=True)
    ModelVersion.objects.update(promoted_automatically=None)
    assert promote_shipped_if_due()
    assert model().card == SHIPPED
    assert "can't read here" in caplog.text


def chosen_model(models: Path) -> ModelCard:
    """A trained model in the folder of models."""
    artifacts = read_model(SHIPPED_DIR)[1]
    # Bytes after a network are another artifact with the same answers.
    other = Artifacts(artifacts.digits + b"\0" * 16, artifacts.lines)
    card = make_card(other, name="chosen")
    publish(card, other, models)
    return card


def test_a_shipped_model_that_can_t_be_trusted_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(promotion, "SHIPPED_DIR", tmp_path / "nothing")
    with pytest.raises(ModelError, match="There is no model"):
        promote_shipped_if_due()
