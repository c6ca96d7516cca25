"""digitrec works while nobody may write to the folder of its code."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.digitrec.launcher import PROJECT, Launcher, as_nobody, copy_project

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="switches users with setpriv")


@dataclass(frozen=True)
class Installed:
    """Code that is read-only, and the folders in which everything is kept."""

    code: Path
    kept: Path

    @property
    def environment(self) -> Mapping[str, str]:
        names = {"VAR_DIR": "var", "STATIC_ROOT": "static", "MEDIA_ROOT": "pictures"}
        return {name: str(self.kept / folder) for name, folder in names.items()}

    def run(self, *command: str | Path) -> str:
        return subprocess.run(
            [*as_nobody(), sys.executable, "-m", "django", *command],
            cwd=self.code,
            env={
                "PATH": os.environ["PATH"],
                "DJANGO_SETTINGS_MODULE": "digitrec.settings",
                **self.environment,
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout


@pytest.fixture
def installed() -> Iterator[Installed]:
    # Outside pytest's own folders, which are closed to other users.
    with tempfile.TemporaryDirectory(prefix="digitrec-read-only-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        code = copy_project(folder / "digitrec")
        shutil.rmtree(code / "media")
        subprocess.run(["chmod", "-R", "a-w", code], check=True)
        kept = folder / "kept"
        kept.mkdir()
        if os.geteuid() == 0:
            subprocess.run(["chown", "nobody", kept], check=True)
        yield Installed(code, kept)
        subprocess.run(["chmod", "-R", "u+w", code], check=True)


def _files(folder: Path) -> dict[Path, int]:
    return {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}


def test_everything_is_written_elsewhere(installed: Installed) -> None:
    before = _files(installed.code)
    with Launcher(installed.code, installed.environment, prefix=as_nobody()) as launcher:
        status, page = launcher.answer()
        style = next(part for part in page.split('"') if part.startswith("/static/"))
        assert (status, launcher.answer(style)[0]) == (200, 200)
        picture = PROJECT / "static" / "images" / "examples" / "amount.jpg"
        assert "amount.jpg: " in installed.run("recognize", "--save", picture)
        installed.run("upkeep")
        installed.run("backup", installed.kept / "backups")
    assert _files(installed.code) == before
    written = {file.relative_to(installed.kept) for file in installed.kept.rglob("*")}
    for name in ("var/secret_key", "var/postgres/PG_VERSION", "var/models", "pictures"):
        assert Path(name) in written


def test_a_folder_that_cannot_be_written_to_is_named_with_the_settings(
    installed: Installed,
) -> None:
    launcher = Launcher(installed.code, prefix=as_nobody())
    assert launcher.wait() == 1
    assert launcher.printed == (
        f"digitrec cannot work with {installed.code / 'var'}: Permission denied. "
        "VAR_DIR, STATIC_ROOT and MEDIA_ROOT name folders that this user may write to.\n"
    )
