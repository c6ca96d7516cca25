import errno
import os
from pathlib import Path

import pytest

from digitrec.launch.unforced_names import tell_of_unforced_names, unforced
from tests.digitrec.launcher import PROJECT, Launcher, copy_project
from tests.unforced import refusing_folders


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a start without any other setting keeps everything."""
    for name in ("DATABASE_URL", "S3_BUCKET", "MODEL_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("MEDIA_ROOT", str(tmp_path / "not" / "there" / "yet"))
    return tmp_path


def test_a_usual_disk_is_not_worth_a_line(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tell_of_unforced_names()
    assert capsys.readouterr().err == ""


def test_every_folder_is_named_in_one_line(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "fsync", refusing_folders(errno.EINVAL))
    tell_of_unforced_names()
    told = capsys.readouterr().err
    assert told.startswith(f"The file system of {kept / 'var'} and {kept / 'not/there/yet'} can't ")
    assert told.count("\n") == 1


def test_what_is_kept_by_other_servers_is_not_looked_at(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "fsync", refusing_folders(errno.EINVAL))
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/digits")
    monkeypatch.setenv("S3_BUCKET", "digits")
    tell_of_unforced_names()
    assert capsys.readouterr().err == ""


def test_a_disk_that_fails_is_left_to_whoever_writes_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", refusing_folders(errno.EIO))
    assert unforced([tmp_path]) == []


# Every Python that starts runs this first.
SITECUSTOMIZE = """
import errno, os
from tests.unforced import refusing_folders
os.fsync = refusing_folders(errno.EINVAL)
"""


def test_a_start_says_it_once_and_goes_on(tmp_path: Path) -> None:
    code = copy_project(tmp_path / "digitrec")
    (tmp_path / "sitecustomize.py").write_text(SITECUSTOMIZE)
    with Launcher(code, {"PYTHONPATH": f"{tmp_path}{os.pathsep}{PROJECT}"}) as launcher:
        assert launcher.answer("/healthz/ready")[0] == 200
    assert launcher.printed.count("can't force the names of new files to the disk") == 1
