import json
from dataclasses import replace
from pathlib import Path

import pytest

from mlmodel.artifact.card import CardDamaged
from mlmodel.artifact.directory import (
    CARD_FILE,
    ModelDamaged,
    ModelMissing,
    read_card,
    read_model,
    write_model,
)
from tests.mlmodel.cards import make_artifacts, make_card

ONE, TWO = make_artifacts(b"one", b"first"), make_artifacts(b"two", b"second")
BOTH = make_artifacts(b"one", b"first", b"second")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "model"


def test_a_model_that_was_written_can_be_read(folder: Path) -> None:
    write_model(make_card(ONE), ONE, folder)
    assert read_model(folder) == (make_card(ONE), ONE)


def test_nothing_but_the_model_is_left(folder: Path) -> None:
    write_model(make_card(ONE), ONE, folder)
    card = make_card(ONE)
    assert list(folder.parent.iterdir()) == [folder]
    assert {path.name for path in folder.iterdir()} == {
        CARD_FILE,
        card.digits.artifact_file,
        card.lines.artifact_file,
    }


def test_what_stood_there_is_replaced_whole(folder: Path) -> None:
    write_model(make_card(ONE), ONE, folder)
    write_model(make_card(TWO), TWO, folder)
    assert read_model(folder) == (make_card(TWO), TWO)
    assert len(list(folder.iterdir())) == 3


def test_it_writes_no_card_of_another_artifact(folder: Path) -> None:
    with pytest.raises(ValueError, match="another artifact"):
        write_model(make_card(ONE), TWO, folder)
    assert not folder.exists()


def test_it_writes_no_card_that_could_not_be_read_back(folder: Path) -> None:
    card = make_card(ONE)
    diverged = replace(card, digits=replace(card.digits, export_difference=float("nan")))
    with pytest.raises(CardDamaged):
        write_model(diverged, ONE, folder)
    assert not folder.exists()


def test_an_empty_folder_has_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        read_model(tmp_path)


def test_a_card_without_its_artifact_is_no_model(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_text(make_card().to_json())
    with pytest.raises(ModelMissing, match="digits-"):
        read_model(tmp_path)


@pytest.mark.parametrize("kind", ["digits", "lines"])
def test_a_changed_artifact_is_noticed(folder: Path, kind: str) -> None:
    card = make_card(ONE)
    write_model(card, ONE, folder)
    (folder / getattr(card, kind).artifact_file).write_bytes(b"0ne")
    with pytest.raises(ModelDamaged):
        read_model(folder)


def test_a_card_of_other_bytes_is_damaged(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CardDamaged):
        read_card(tmp_path)


@pytest.mark.parametrize("size", [10**12, 10**30])
def test_a_card_that_allows_any_size_takes_no_memory(folder: Path, size: int) -> None:
    write_model(make_card(ONE), ONE, folder)
    content = json.loads((folder / CARD_FILE).read_text())
    content["digits"]["artifact_bytes"] = size
    (folder / CARD_FILE).write_text(json.dumps(content))
    assert read_model(folder)[1] == ONE


def test_a_folder_in_the_place_of_a_card_leaves_no_file_open(folder: Path) -> None:
    (folder / CARD_FILE).mkdir(parents=True)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(IsADirectoryError):
            read_card(folder)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_second_reader_is_written_and_read_like_the_others(folder: Path) -> None:
    write_model(make_card(BOTH), BOTH, folder)
    assert read_model(folder) == (make_card(BOTH), BOTH)
    assert len(list(folder.iterdir())) == 4


@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_without_its_second_reader_a_model_can_still_be_read(
    folder: Path, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    card = make_card(BOTH)
    write_model(card, BOTH, folder)
    assert card.second is not None
    path = folder / card.second.artifact_file
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(b"another")
    with pytest.raises((ModelMissing, ModelDamaged)):
        read_model(folder)
    assert read_model(folder, without_second=True) == (card, replace(BOTH, second=None))
    assert "without the second reader" in caplog.text
