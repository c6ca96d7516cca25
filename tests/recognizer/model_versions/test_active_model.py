import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
from pytest_django import Settings

from mlmodel.artifact.directory import (
    CARD_FILE,
    Artifacts,
    ModelDamaged,
    ModelMissing,
    publish,
    read_model,
)
from mlmodel.model import SHIPPED_DIR, Model
from recognizer.model_versions import active_model
from recognizer.models import ModelVersion
from tests.makers import make_model_version
from tests.mlmodel.cards import make_card


@pytest.fixture
def model_dir(settings: Settings, tmp_path: Path) -> Path:
    """A copy of the shipped model, in use."""
    settings.MODEL_DIR = tmp_path / "model"
    return Path(shutil.copytree(SHIPPED_DIR, tmp_path / "model"))


def retrain(model_dir: Path) -> str:
    """Put another model in place, as a training does; returns its name."""
    card, artifacts = read_model(model_dir)
    # Bytes after a network are another artifact with the same answers.
    other = Artifacts(artifacts.digits + b"\0" * 16, artifacts.lines)
    changed = make_card(other, name="retrained")
    publish(changed, other, model_dir)
    assert card.name != changed.name
    return changed.name


def test_the_model_is_loaded_once(model_dir: Path) -> None:
    assert active_model.model() is active_model.model()


def test_all_threads_share_one(model_dir: Path) -> None:
    together = Barrier(8)

    def ask(_: int) -> Model:
        together.wait()
        return active_model.model()

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))
    assert len({id(model) for model in found}) == 1


def test_a_new_model_is_loaded_when_its_card_is_in_place(model_dir: Path) -> None:
    before = active_model.model()
    name = retrain(model_dir)
    assert active_model.model() is not before
    assert active_model.model().card.name == name


def test_who_reads_with_the_old_model_may_go_on(model_dir: Path) -> None:
    before = active_model.model()
    retrain(model_dir)
    active_model.model()
    assert before.classifier.classify(np.zeros((1, 28, 28), np.float32)).shape == (1, 11)


def test_a_card_of_another_time_is_noticed_though_it_is_older(model_dir: Path) -> None:
    before = active_model.model()
    os.utime(model_dir / CARD_FILE, (0, 0))
    assert active_model.model() is not before


def test_without_a_model_it_says_so(settings: Settings, tmp_path: Path) -> None:
    settings.MODEL_DIR = tmp_path / "nothing"
    with pytest.raises(ModelMissing):
        active_model.model()


def test_a_model_that_comes_later_is_found(settings: Settings, tmp_path: Path) -> None:
    settings.MODEL_DIR = tmp_path / "model"
    with pytest.raises(ModelMissing):
        active_model.model()
    shutil.copytree(SHIPPED_DIR, tmp_path / "model")
    assert active_model.model()


def test_a_damaged_model_is_not_used(model_dir: Path) -> None:
    card, _ = read_model(model_dir)
    (model_dir / card.lines.artifact_file).write_bytes(b"something else")
    with pytest.raises(ModelDamaged):
        active_model.model()


def test_a_model_that_cannot_be_opened_is_missing(settings: Settings, tmp_path: Path) -> None:
    settings.MODEL_DIR = tmp_path
    (tmp_path / CARD_FILE).mkdir()
    with pytest.raises(ModelMissing):
        active_model.model()


@pytest.mark.django_db
def test_a_model_is_registered_when_it_first_reads(model_dir: Path) -> None:
    version = active_model.version_of(active_model.model())
    assert version == ModelVersion.objects.active()
    assert version.name == Model.load(model_dir).card.name


@pytest.mark.django_db
def test_a_known_model_is_not_registered_twice(model_dir: Path) -> None:
    model = active_model.model()
    assert active_model.version_of(model) == active_model.version_of(model)
    assert ModelVersion.objects.count() == 1


@pytest.mark.django_db
def test_a_new_model_takes_the_place_of_the_old_one(model_dir: Path) -> None:
    make_model_version(activate=True)
    version = active_model.version_of(active_model.model())
    assert list(ModelVersion.objects.filter(active=True)) == [version]


@pytest.mark.django_db
def test_a_model_that_was_known_before_becomes_active_when_it_reads(model_dir: Path) -> None:
    model = active_model.model()
    make_model_version(model.card, activate=False)
    assert active_model.version_of(model).active
