import multiprocessing
import os
import random
import signal
import time
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from mlmodel.artifact.card import CardDamaged
from mlmodel.artifact.directory import (
    CARD_FILE,
    ModelDamaged,
    ModelMissing,
    ModelNotWritten,
    prepare_directory,
    publish,
    read_card,
    read_model,
)
from tests.mlmodel.cards import make_artifacts, make_card

ONE, TWO = make_artifacts(b"one", b"first"), make_artifacts(b"two", b"second")


def test_a_published_model_can_be_read(tmp_path: Path) -> None:
    card = make_card(ONE)
    publish(card, ONE, tmp_path / "new" / "folder")
    assert read_model(tmp_path / "new" / "folder") == (card, ONE)


def test_publishing_leaves_only_the_new_model(tmp_path: Path) -> None:
    publish(make_card(ONE), ONE, tmp_path)
    (tmp_path / ".card.json.partial").write_bytes(b"left by a killed process")
    publish(make_card(TWO), TWO, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        CARD_FILE,
        make_card(TWO).digits.artifact_file,
        make_card(TWO).lines.artifact_file,
    }


def test_publishing_the_same_model_again_keeps_it(tmp_path: Path) -> None:
    publish(make_card(ONE), ONE, tmp_path)
    publish(make_card(ONE), ONE, tmp_path)
    assert read_model(tmp_path)[1] == ONE


def test_it_publishes_no_card_of_another_artifact(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="another artifact"):
        publish(make_card(ONE), TWO, tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_unwritable_directory_has_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelNotWritten):
        publish(make_card(ONE), ONE, tmp_path / "file")
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


@pytest.mark.parametrize("kind", ["digits", "lines"])
def test_a_changed_artifact_is_noticed(tmp_path: Path, kind: str) -> None:
    card = make_card(ONE)
    publish(card, ONE, tmp_path)
    (tmp_path / getattr(card, kind).artifact_file).write_bytes(b"0ne")
    with pytest.raises(ModelDamaged):
        read_model(tmp_path)


def test_a_card_of_other_bytes_is_damaged(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CardDamaged):
        read_card(tmp_path)


def _publish_forever(directory: Path, ready: Connection) -> None:
    ready.send("started")
    for artifact in cycle((b"one" * 100_000, b"two" * 100_000)):
        artifacts = make_artifacts(artifact, artifact[::-1])
        publish(make_card(artifacts), artifacts, directory)


def test_a_kill_at_any_moment_leaves_a_whole_model(tmp_path: Path) -> None:
    publish(make_card(ONE), ONE, tmp_path)
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
    publish(make_card(TWO), TWO, tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_reader_beside_a_publisher_always_finds_a_whole_model(tmp_path: Path) -> None:
    publish(make_card(ONE), ONE, tmp_path)
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    publisher = context.Process(target=_publish_forever, args=(tmp_path, theirs))
    publisher.start()
    ours.recv()
    seen = {read_model(tmp_path)[0].name for _ in range(300)}
    publisher.kill()
    publisher.join()
    assert len(seen) > 1
