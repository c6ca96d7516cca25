"""Model files that must not be loaded: each is refused in a line, and the old model reads on."""

import io
import json
import os
import pickle
import random
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from django.core.management import CommandError, call_command
from pytest_django import Settings

from mlmodel.artifact import litert
from mlmodel.artifact.card import ModelError
from mlmodel.artifact.directory import CARD_FILE, read_card, read_model, write_model
from mlmodel.artifact.versions import folder_of
from mlmodel.model import SHIPPED_DIR, Model
from recognizer.model_versions import active_model
from tests.makers import make_model_version
from tests.mlmodel.cards import make_network_card

GOOD = read_model(SHIPPED_DIR)
MUTATIONS = 1000
OTHER_BYTES = 64 * 1024


class Harm:
    """What a pickle may run when it is opened."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return os.mkdir, ("harmed",)


def with_card_for(folder: Path, digits: bytes) -> None:
    """A model whose card and checksums are right, whatever its first network is."""
    card, artifacts = GOOD
    network = make_network_card("digits", digits)
    changed = replace(card, digits=network)
    changed = replace(changed, sha256=changed.deciding_checksum)
    write_model(changed, replace(artifacts, digits=digits), folder)


def a_pickle() -> bytes:
    return pickle.dumps(Harm())


def an_array_of_objects() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, weights=np.array([Harm()], dtype=object))
    return buffer.getvalue()


def an_hdf5() -> bytes:
    return b"\x89HDF\r\n\x1a\n" + bytes(OTHER_BYTES)


def a_keras_archive(member: str = "config.json") -> bytes:
    layer = {"class_name": "Lambda", "module": "os", "config": {"function": "system"}}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, json.dumps({"layers": [layer]}))
        archive.writestr("model.weights.h5", bytes(10_000_000))
    return buffer.getvalue()


def not_a_number() -> bytes:
    """The network with one of its first layer's weights replaced."""
    network = GOOD[1].digits
    interpreter = Interpreter(model_content=network)
    (kernel,) = (
        interpreter.get_tensor(tensor["index"])
        for tensor in interpreter.get_tensor_details()
        if tensor["dtype"] is np.float32 and tuple(tensor["shape"][1:]) == (3, 3, 1)
    )
    assert kernel.tobytes() in network
    changed = kernel.copy()
    changed[5, 1, 1, 0] = np.nan
    return network.replace(kernel.tobytes(), changed.tobytes())


def infinite() -> bytes:
    nan, infinity = np.float32(np.nan).tobytes(), np.float32(np.inf).tobytes()
    return not_a_number().replace(nan, infinity, 1)


FOREIGN: dict[str, Callable[[], bytes]] = {
    "a pickle": a_pickle,
    "an array of objects": an_array_of_objects,
    "an HDF5 file": an_hdf5,
    "a Keras archive": a_keras_archive,
    "a Keras archive that leads out of its folder": lambda: a_keras_archive("../../harmed"),
    "half a network": lambda: GOOD[1].digits[: len(GOOD[1].digits) // 2],
    "a weight that is no number": not_a_number,
    "an infinite weight": infinite,
    "a network of other answers": lambda: GOOD[1].lines,
}


def one_bit(folder: Path) -> None:
    path = folder / GOOD[0].digits.artifact_file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def longer(folder: Path) -> None:
    path = folder / GOOD[0].digits.artifact_file
    path.write_bytes(path.read_bytes() + b"\0")


def linked(name: str, to: str = "elsewhere") -> Callable[[Path], None]:
    def link(folder: Path) -> None:
        path = folder / name
        target = folder.parent / to
        if to == "elsewhere":
            path.rename(target)
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    return link


def a_pipe(folder: Path) -> None:
    (folder / CARD_FILE).unlink()
    os.mkfifo(folder / CARD_FILE)


def another_threshold(folder: Path) -> None:
    card = json.loads((folder / CARD_FILE).read_text())
    card["reading"]["sure_from"] = 0.0
    (folder / CARD_FILE).write_text(json.dumps(card))


def card_with(text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / CARD_FILE).write_text(text)

    return write


def path_out(folder: Path) -> None:
    card = asdict(GOOD[0])
    card["digits"]["artifact_file"] = "../../etc/passwd"
    (folder / CARD_FILE).write_text(json.dumps(card))


CHANGED: dict[str, Callable[[Path], None]] = {
    "one bit flipped": one_bit,
    "one byte longer": longer,
    "a linked network": linked(GOOD[0].digits.artifact_file),
    "a linked card": linked(CARD_FILE),
    "a card that is an endless device": linked(CARD_FILE, "/dev/zero"),
    "a card that is a pipe": a_pipe,
    "another threshold": another_threshold,
    "a card that leads out of its folder": path_out,
    "a card of brackets": card_with("[" * 100_000),
    "a card of an endless number": card_with('{"format_version": ' + "1" * 10_000 + "}"),
    "a card that is no number": card_with('{"format_version": NaN}'),
}


@pytest.fixture
def reading(db: None, settings: Settings, tmp_path: Path) -> Model:
    """The model that reads, from a folder of its own."""
    settings.MODEL_DIR = tmp_path / "models"
    digits = GOOD[1].digits + b"\0" * 16  # another artifact with the same answers
    with_card_for(tmp_path / "models", digits)
    return active_model.model()


@pytest.fixture(params=[*FOREIGN, *CHANGED])
def bad(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "bad"
    if request.param in FOREIGN:
        with_card_for(folder, FOREIGN[request.param]())
    else:
        shutil.copytree(SHIPPED_DIR, folder)
        CHANGED[request.param](folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_is_refused_in_one_line_and_the_old_model_stays(
    bad: Path, reading: Model, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    before = files(Path(settings.MODEL_DIR))
    with pytest.raises(CommandError) as refused:
        call_command("activate_model", str(bad))
    assert refused.value.returncode == 1
    assert len(str(refused.value).splitlines()) == 1
    assert files(Path(settings.MODEL_DIR)) == before
    assert active_model.model() is reading
    assert not (tmp_path / "harmed").exists()


@pytest.mark.django_db
def test_a_command_says_why_it_can_t_read_with_it(
    bad: Path, settings: Settings, tmp_path: Path
) -> None:
    settings.MODEL_DIR = bad
    with pytest.raises(CommandError) as refused:
        call_command("recognize", str(tmp_path))
    assert len(str(refused.value).splitlines()) == 1


def test_who_reads_already_reads_on_where_it_is_promoted(
    bad: Path,
    reading: Model,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(active_model, "SHIPPED_DIR", bad)
    make_model_version(replace(GOOD[0], sha256=checksum_of(bad)), activate=True)
    for _ in range(3):
        assert active_model.model() is reading
    assert len(caplog.records) == 1


def checksum_of(folder: Path) -> str:
    try:
        return read_card(folder).sha256
    except (ModelError, OSError):
        return GOOD[0].sha256


def test_a_changed_network_never_comes_to_be_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(SHIPPED_DIR, tmp_path / "model"))
    path = folder / GOOD[0].digits.artifact_file
    whole = path.read_bytes()
    chance = random.Random(7)
    parsed: list[Any] = []
    monkeypatch.setattr(litert, "Interpreter", lambda **options: parsed.append(options))
    for _ in range(MUTATIONS):
        changed = bytearray(whole)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        with pytest.raises(ModelError):
            Model.load(folder)
    assert parsed == []


@pytest.mark.django_db
def test_a_file_that_is_replaced_after_the_check_is_not_what_was_loaded(
    reading: Model, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is checked is what is opened: the bytes in memory."""
    source = Path(shutil.copytree(SHIPPED_DIR, tmp_path / "source"))
    own_init = Model.__init__

    def replace_then_open(model: Model, *arguments: Any) -> None:
        (source / GOOD[0].digits.artifact_file).write_bytes(b"something else")
        own_init(model, *arguments)

    monkeypatch.setattr(Model, "__init__", replace_then_open)
    call_command("activate_model", str(source))
    assert read_model(folder_of(GOOD[0].sha256, Path(settings.MODEL_DIR))) == GOOD
