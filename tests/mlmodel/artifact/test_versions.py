import errno
import multiprocessing
import os
import random
import signal
import time
from dataclasses import replace
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from mlmodel.artifact import versions
from mlmodel.artifact.card import SHA_DIGITS_IN_NAME
from mlmodel.artifact.directory import (
    ModelMissing,
    ModelNotWritten,
    read_card,
    read_model,
    write_model,
)
from mlmodel.artifact.versions import (
    CHOSEN_FILE,
    choose,
    chosen,
    folder_of,
    prepare,
    publish,
)
from tests.mlmodel.cards import make_artifacts, make_card

ONE, TWO = make_artifacts(b"one", b"first"), make_artifacts(b"two", b"second")


def test_a_version_has_a_folder_named_by_its_checksum(tmp_path: Path) -> None:
    card = make_card(ONE)
    folder = publish(card, ONE, tmp_path / "new" / "models")
    assert folder == tmp_path / "new" / "models" / card.sha256[:SHA_DIGITS_IN_NAME]
    assert read_model(folder) == (card, ONE)


def test_the_versions_before_stay(tmp_path: Path) -> None:
    first = publish(make_card(ONE), ONE, tmp_path)
    publish(make_card(TWO), TWO, tmp_path)
    assert read_model(first) == (make_card(ONE), ONE)


def test_publishing_a_version_again_leaves_its_files_alone(tmp_path: Path) -> None:
    folder = publish(make_card(ONE), ONE, tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert publish(make_card(ONE), ONE, tmp_path) == folder
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_whole_version_stays_though_it_was_trained_again(tmp_path: Path) -> None:
    """The same networks, measured and dated anew: a kill must find one of both whole."""
    folder = publish(make_card(ONE), ONE, tmp_path)
    before = folder.stat().st_ino
    publish(make_card(ONE, name="trained again", test_accuracy=0.6), ONE, tmp_path)
    assert folder.stat().st_ino == before
    assert read_model(folder) == (make_card(ONE), ONE)


def test_a_version_that_can_t_be_read_just_now_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = publish(make_card(ONE), ONE, tmp_path)

    def fail(_folder: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as failing:
        failing.setattr(versions, "read_model", fail)
        with pytest.raises(ModelNotWritten, match="Input/output error"):
            publish(make_card(ONE), ONE, tmp_path)
    assert read_model(folder) == (make_card(ONE), ONE)


def test_a_card_of_another_preprocessing_is_mended(tmp_path: Path) -> None:
    card = make_card(ONE)
    other = replace(card, lines=replace(card.lines, preprocessing_version=99))
    write_model(other, ONE, tmp_path / card.sha256[:SHA_DIGITS_IN_NAME])
    assert read_model(publish(card, ONE, tmp_path)) == (card, ONE)


def test_publishing_a_version_again_mends_it(tmp_path: Path) -> None:
    folder = publish(make_card(ONE), ONE, tmp_path)
    (folder / make_card(ONE).lines.artifact_file).write_bytes(b"damaged")
    publish(make_card(ONE), ONE, tmp_path)
    assert read_model(folder)[1] == ONE


def test_what_a_killed_publish_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".0123456789ab.partial").mkdir()
    (tmp_path / ".0123456789ab.partial" / "card.json").write_bytes(b"half")
    (tmp_path / ".chosen.partial").write_bytes(b"half")
    folder = publish(make_card(ONE), ONE, tmp_path)
    assert list(tmp_path.iterdir()) == [folder]


def test_an_unwritable_folder_has_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelNotWritten):
        publish(make_card(ONE), ONE, tmp_path / "file")
    with pytest.raises(ModelNotWritten):
        prepare(tmp_path / "file")
    with pytest.raises(ModelNotWritten):
        choose("0" * 64, tmp_path / "file")


def test_preparing_a_folder_leaves_nothing_in_it(tmp_path: Path) -> None:
    prepare(tmp_path / "models")
    assert not list((tmp_path / "models").iterdir())


def test_a_folder_can_be_prepared_after_a_kill_during_the_preparation(tmp_path: Path) -> None:
    (tmp_path / ".probe.partial").mkdir()
    prepare(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_version_is_found_by_its_checksum(tmp_path: Path) -> None:
    folders = [publish(make_card(each), each, tmp_path) for each in (ONE, TWO)]
    for folder, artifacts in zip(folders, (ONE, TWO), strict=True):
        assert folder_of(make_card(artifacts).sha256, tmp_path) == folder


def test_a_model_that_lies_in_the_folder_itself_is_found(tmp_path: Path) -> None:
    write_model(make_card(ONE), ONE, tmp_path / "models")
    assert folder_of(make_card(ONE).sha256, tmp_path / "models") == tmp_path / "models"


def test_a_model_that_lies_elsewhere_is_found(tmp_path: Path) -> None:
    write_model(make_card(ONE), ONE, tmp_path / "shipped")
    found = folder_of(make_card(ONE).sha256, tmp_path / "models", tmp_path / "shipped")
    assert found == tmp_path / "shipped"


def test_a_folder_of_another_model_is_not_taken_for_it(tmp_path: Path) -> None:
    folder = publish(make_card(ONE), ONE, tmp_path)
    folder.rename(tmp_path / make_card(TWO).sha256[:SHA_DIGITS_IN_NAME])
    with pytest.raises(ModelMissing, match="is not in"):
        folder_of(make_card(TWO).sha256, tmp_path)


def test_a_choice_can_be_read(tmp_path: Path) -> None:
    choose("a" * 64, tmp_path / "models")
    choose("b" * 64, tmp_path / "models")
    assert chosen(tmp_path / "models") == "b" * 64


@pytest.mark.parametrize("note", [b"", b"\xff\xfe", b"x" * 64, b"../" * 30])
def test_a_note_that_names_no_checksum_is_no_choice(tmp_path: Path, note: bytes) -> None:
    (tmp_path / CHOSEN_FILE).write_bytes(note)
    assert chosen(tmp_path) is None


def test_a_note_that_is_a_pipe_or_a_link_is_no_choice(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / CHOSEN_FILE)
    assert chosen(tmp_path) is None
    (tmp_path / CHOSEN_FILE).unlink()
    (tmp_path / "elsewhere").write_text("a" * 64)
    (tmp_path / CHOSEN_FILE).symlink_to("elsewhere")
    assert chosen(tmp_path) is None


def test_without_a_note_nothing_was_chosen(tmp_path: Path) -> None:
    assert chosen(tmp_path) is None


def _publish_forever(models: Path, ready: Connection) -> None:
    ready.send("started")
    for artifact in cycle((b"one" * 100_000, b"two" * 100_000)):
        artifacts = make_artifacts(artifact, artifact[::-1])
        folder = publish(make_card(artifacts), artifacts, models)
        # As if it were damaged, so that it is written again.
        (folder / make_card(artifacts).digits.artifact_file).write_bytes(b"")


def test_a_kill_at_any_moment_leaves_the_others_whole(tmp_path: Path) -> None:
    stays = publish(make_card(ONE), ONE, tmp_path)
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
        assert read_model(stays) == (make_card(ONE), ONE)
        for path in tmp_path.iterdir():
            if not path.name.startswith("."):
                assert read_card(path)
    publish(make_card(TWO), TWO, tmp_path)
    assert not list(tmp_path.glob(".*"))
