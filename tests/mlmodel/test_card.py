import json
import multiprocessing
import os
import random
import signal
import time
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from mlmodel.card import (
    CARD_FILE,
    CardDamaged,
    CardFormatUnknown,
    ModelCard,
    ModelDamaged,
    ModelMissing,
    ModelNotWritten,
    prepare_directory,
    publish,
    read_card,
    read_model,
)
from tests.mlmodel.cards import make_card


def test_a_card_survives_json() -> None:
    card = make_card()
    assert ModelCard.from_json(card.to_json()) == card


def test_it_rejects_another_format() -> None:
    with pytest.raises(CardFormatUnknown, match="format 99"):
        ModelCard.from_json(make_card(format_version=99).to_json())


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"card"'])
def test_it_rejects_what_is_no_json_object(text: str) -> None:
    with pytest.raises(CardDamaged):
        ModelCard.from_json(text)


def test_it_names_the_missing_field() -> None:
    content = json.loads(make_card().to_json())
    del content["seed"]
    with pytest.raises(CardDamaged, match="'seed'"):
        ModelCard.from_json(json.dumps(content))


@pytest.mark.parametrize(
    ("field", "value"),
    [("seed", "7"), ("seed", True), ("test_accuracy", None), ("recipe", []), ("confusion", {})],
)
def test_it_names_the_field_of_a_wrong_type(field: str, value: object) -> None:
    content = {**json.loads(make_card().to_json()), field: value}
    with pytest.raises(CardDamaged, match=f"'{field}'"):
        ModelCard.from_json(json.dumps(content))


def test_a_card_cannot_name_a_file_elsewhere() -> None:
    with pytest.raises(CardDamaged, match="passwd"):
        ModelCard.from_json(make_card(artifact_file="../../etc/passwd").to_json())


def test_a_published_model_can_be_read(tmp_path: Path) -> None:
    card = make_card(b"one")
    publish(card, b"one", tmp_path / "new" / "folder")
    assert read_model(tmp_path / "new" / "folder") == (card, b"one")


def test_publishing_leaves_only_the_new_model(tmp_path: Path) -> None:
    publish(make_card(b"one"), b"one", tmp_path)
    (tmp_path / ".card.json.partial").write_bytes(b"left by a killed process")
    publish(make_card(b"two"), b"two", tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        CARD_FILE,
        make_card(b"two").artifact_file,
    }


def test_publishing_the_same_model_again_keeps_it(tmp_path: Path) -> None:
    publish(make_card(b"one"), b"one", tmp_path)
    publish(make_card(b"one"), b"one", tmp_path)
    assert read_model(tmp_path)[1] == b"one"


def test_it_publishes_no_card_of_another_artifact(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="another artifact"):
        publish(make_card(b"one"), b"two", tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_unwritable_directory_has_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelNotWritten):
        publish(make_card(b"one"), b"one", tmp_path / "file")
    with pytest.raises(ModelNotWritten):
        prepare_directory(tmp_path / "file")


def test_preparing_a_directory_leaves_nothing_in_it(tmp_path: Path) -> None:
    prepare_directory(tmp_path / "models")
    assert not list((tmp_path / "models").iterdir())


def test_an_empty_directory_has_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        read_model(tmp_path)


def test_a_card_without_its_artifact_is_no_model(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_text(make_card().to_json())
    with pytest.raises(ModelMissing, match="digits-"):
        read_model(tmp_path)


def test_a_changed_artifact_is_noticed(tmp_path: Path) -> None:
    card = make_card(b"one")
    publish(card, b"one", tmp_path)
    (tmp_path / card.artifact_file).write_bytes(b"0ne")
    with pytest.raises(ModelDamaged):
        read_model(tmp_path)


def test_a_card_of_other_bytes_is_damaged(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CardDamaged):
        read_card(tmp_path)


def _publish_forever(directory: Path, ready: Connection) -> None:
    ready.send("started")
    for artifact in cycle((b"one" * 100_000, b"two" * 100_000)):
        publish(make_card(artifact), artifact, directory)


def test_a_kill_at_any_moment_leaves_a_whole_model(tmp_path: Path) -> None:
    publish(make_card(b"zero"), b"zero", tmp_path)
    moments = random.Random(5)
    context = multiprocessing.get_context("forkserver")
    for _ in range(12):
        ours, theirs = context.Pipe()
        publisher = context.Process(target=_publish_forever, args=(tmp_path, theirs))
        publisher.start()
        ours.recv()
        time.sleep(moments.uniform(0, 0.02))
        assert publisher.pid is not None
        os.kill(publisher.pid, signal.SIGKILL)
        publisher.join()
        read_model(tmp_path)
    publish(make_card(b"last"), b"last", tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_reader_beside_a_publisher_always_finds_a_whole_model(tmp_path: Path) -> None:
    publish(make_card(b"zero"), b"zero", tmp_path)
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    publisher = context.Process(target=_publish_forever, args=(tmp_path, theirs))
    publisher.start()
    ours.recv()
    seen = {read_model(tmp_path)[0].name for _ in range(300)}
    publisher.kill()
    publisher.join()
    assert len(seen) > 1
