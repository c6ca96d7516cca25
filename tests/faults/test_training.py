"""A training that is killed, or that meets a full disk: the old model reads, whatever happens.

TRAINING_KILLS=20 kills more often than the two times that fit among other tests.
"""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from pytest_django import Settings

from digitrec.settings import BASE_DIR
from mlmodel.artifact.directory import Artifacts, ModelNotWritten, read_model, write_model
from mlmodel.artifact.versions import publish
from mlmodel.model import SHIPPED_DIR
from mlmodel.reader import read
from recognizer.intake.cleaning import clean
from recognizer.model_versions import active_model
from tests.faults.report import report
from tests.makers import digits_png
from tests.mlmodel.cards import make_artifacts, make_card

KILLS = int(os.environ.get("TRAINING_KILLS", "2"))
SEED = int(os.environ.get("TRAINING_SEED", "7"))
# TensorFlow is loaded after about 5 s; then come pictures, epochs and checkpoints.
LONGEST_S = 20
TRAIN = """
import sys
from pathlib import Path
from mlmodel.training import train
from tests.mlmodel.training.test_run import ONLY_DIGITS

if __name__ == "__main__":
    models, work = Path(sys.argv[1]), Path(sys.argv[2])
    train(ONLY_DIGITS.with_epochs(1000), models, work, base=models)
"""
PYTHON = os.environ | {"PYTHONPATH": str(BASE_DIR)}


@pytest.fixture
def model_dir(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.MODEL_DIR = Path(shutil.copytree(SHIPPED_DIR, tmp_path / "model"))
    # As before any promotion; the threads here need no database.
    monkeypatch.setattr(active_model, "_active_sha256", lambda _known=None: None)
    return Path(settings.MODEL_DIR)


@contextmanager
def people_reading(answers: list[str]) -> Iterator[None]:
    """Read one picture after the other meanwhile."""
    pixels, ended = clean(digits_png("42"), max_bytes=10**6).pixels, Event()

    def go_on() -> None:
        while not ended.wait(0.05):
            answers.append(read(pixels, active_model.model()).text)

    reader = Thread(target=go_on)
    reader.start()
    try:
        yield
    finally:
        ended.set()
        reader.join()


def test_a_killed_training_leaves_the_model_that_reads(model_dir: Path, tmp_path: Path) -> None:
    script, moments = tmp_path / "train.py", random.Random(SEED)
    script.write_text(TRAIN)
    before, answers = read_model(model_dir), list[str]()
    changed = 0
    with people_reading(answers):
        for _ in range(KILLS):
            training = subprocess.Popen(
                [sys.executable, str(script), str(model_dir), str(tmp_path / "work")],
                env=PYTHON,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(moments.uniform(1, LONGEST_S))
            training.kill()
            assert training.wait() == -signal.SIGKILL
            changed += read_model(model_dir) != before
            changed += any(path.is_dir() for path in model_dir.iterdir())
    wrong = sum(answer != "42" for answer in answers)
    report("F20", kills=KILLS, readings=len(answers), wrong=wrong, changed=changed, seed=SEED)
    assert answers
    assert (wrong, changed) == (0, 0)


def test_a_publish_killed_at_any_step_leaves_a_whole_model(tmp_path: Path) -> None:
    for name in ("before", "new"):
        artifacts = make_artifacts(name.encode(), name[::-1].encode())
        write_model(make_card(artifacts), artifacts, tmp_path / name)
    folders = [str(tmp_path / name) for name in ("reads", "before", "new")]
    printed = subprocess.run(
        [sys.executable, "-m", "tests.faults.publishing", *folders],
        cwd=BASE_DIR,
        capture_output=True,
        check=True,
    ).stdout
    steps, wrong = map(int, printed.split())
    report("F20", publish_steps=steps, wrong=wrong)
    assert steps > 10
    assert wrong == 0


def test_a_full_disk_leaves_the_old_model_and_no_half_file(model_dir: Path) -> None:
    before = {path.name: path.read_bytes() for path in model_dir.iterdir()}
    card, artifacts = read_model(model_dir)
    larger = Artifacts(artifacts.digits + bytes(2**20), artifacts.lines)
    # Beyond this many bytes a file takes no more, as on a disk that is full.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, hard))
    try:
        with pytest.raises(ModelNotWritten):
            publish(make_card(larger), larger, model_dir)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {path.name: path.read_bytes() for path in model_dir.iterdir()} == before
    assert read_model(model_dir)[0] == card
