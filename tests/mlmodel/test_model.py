import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlmodel.artifact.card import CardDamaged
from mlmodel.artifact.directory import ModelDamaged, ModelMissing, read_model, write_model
from mlmodel.model import SHIPPED_DIR, Model, PreprocessingMismatch
from tests.mlmodel.cards import make_artifacts, make_card


def test_an_empty_directory_has_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        Model.load(tmp_path)


@pytest.mark.parametrize("kind", ["digits", "lines"])
def test_another_preprocessing_is_refused(tmp_path: Path, kind: str) -> None:
    card = make_card()
    network = replace(getattr(card, kind), preprocessing_version=99)
    write_model(replace(card, **{kind: network}), make_artifacts(), tmp_path / "model")
    with pytest.raises(PreprocessingMismatch, match=f"{kind}-.*preprocessing 99"):
        Model.load(tmp_path / "model")


@pytest.mark.parametrize("name", ["presence", "texts", "confidence"])
def test_a_card_of_other_features_is_refused(name: str) -> None:
    card, artifacts = read_model(SHIPPED_DIR)
    changes: dict[str, Any] = {name: [*getattr(card.reading, name), 0.5]}
    other = replace(card.reading, **changes)
    with pytest.raises(CardDamaged, match="factors"):
        Model(replace(card, reading=other), artifacts)


def test_artifacts_that_are_no_networks_are_damaged(tmp_path: Path) -> None:
    write_model(make_card(), make_artifacts(), tmp_path / "model")
    with pytest.raises(ModelDamaged):
        Model.load(tmp_path / "model")


def test_loading_and_reading_never_loads_tensorflow() -> None:
    code = (
        "import sys; from mlmodel.model import Model; Model.load();"
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_second_reader_that_is_no_network_is_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    card, artifacts = read_model(SHIPPED_DIR)
    made_up = make_card(make_artifacts(second=b"no network"))
    both = replace(card, second=made_up.second, both=made_up.both)
    model = Model(both, replace(artifacts, second=b"no network"))
    assert model.second_reader is None
    assert "without its second reader" in caplog.text
