"""The Makefile with a .env and a Python that only prints its arguments and two variables."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(PROJECT / "Makefile", tmp_path)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text('#!/bin/sh\necho "V=$V, W=$W" "$@"\n')
    (programs / "python").chmod(0o755)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / ".venv" / ".installed-requirements.txt").touch()
    return tmp_path


def _make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.environ["PATH"]
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={"PATH": path} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_run_works_without_an_env_file(folder: Path) -> None:
    assert _make(folder, "run").stdout == "V=, W= -m digitrec.serve\n"


def test_run_reads_the_env_file(folder: Path) -> None:
    (folder / ".env").write_text("# a comment\nV='it costs $5 & more #1'\nW=plain\n")
    assert _make(folder, "run").stdout.startswith("V=it costs $5 & more #1, W=plain ")


def test_what_the_caller_sets_wins_over_the_env_file(folder: Path) -> None:
    (folder / ".env").write_text("V=file\nW=file\n")
    assert _make(folder, "run", V='it\'s "mine"').stdout.startswith('V=it\'s "mine", W=file ')
    assert _make(folder, "run", "V=of make").stdout.startswith("V=of make, W=file ")


def test_run_stops_at_a_mistake_in_the_env_file(folder: Path) -> None:
    (folder / ".env").write_text("V=two words\n")
    done = _make(folder, "run")
    assert done.returncode != 0
    assert "words" in done.stderr
    assert "digitrec.serve" not in done.stdout


def test_make_alone_lists_every_target(folder: Path) -> None:
    listed = {line.split()[1] for line in _make(folder).stdout.splitlines()}
    assert listed >= {"run", "train", "test", "check"}


def test_a_python_that_is_too_old_is_refused_in_one_sentence(folder: Path) -> None:
    shutil.rmtree(folder / ".venv")
    old = folder / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" || exit 1\n')
    old.chmod(0o755)
    done = _make(folder, "run", f"PYTHON={old}")
    assert done.returncode != 0
    assert "needs Python 3.11, 3.12 or 3.13, and this is Python 3.9.2" in done.stderr


def test_a_missing_python_is_refused_in_one_sentence(folder: Path) -> None:
    shutil.rmtree(folder / ".venv")
    done = _make(folder, "run", "PYTHON=python-that-is-not-there")
    assert done.returncode != 0
    assert "and python-that-is-not-there is not installed" in done.stderr


def test_an_audit_that_could_not_be_made_says_so(folder: Path) -> None:
    (folder / ".venv" / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (folder / "requirements-dev.txt").touch()
    (folder / ".venv" / ".installed-requirements-dev.txt").touch()
    done = _make(folder, "audit")
    assert done.returncode != 0
    assert "nothing was audited" in done.stderr


# Makes an environment whose Python says which one it is and what it was asked.
ANOTHER_PYTHON = """#!/bin/sh
[ "$1" = --version ] && echo "Python {version}.9"
[ "$2" = venv ] || exit 0
mkdir -p "$4/bin"
printf '#!/bin/sh\\necho {version} "$@"\\n' > "$4/bin/python"
chmod +x "$4/bin/python"
"""
# As a shim of pyenv whose Python is not installed.
NO_PYTHON = "#!/bin/sh\nexit 127\n"


def _make_pythons(folder: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    """`make pythons` with 3.11 as the usual Python, and these beside it."""
    (folder / "requirements-dev.txt").touch()
    (folder / "programs").mkdir()
    for version, text in {"3.11": ANOTHER_PYTHON, **programs}.items():
        program = folder / "programs" / f"python{version}"
        program.write_text(text.replace("{version}", version))
        program.chmod(0o755)
    path = f"{folder / 'programs'}{os.pathsep}{os.environ['PATH']}"
    return _make(folder, "pythons", PATH=path, PYTHON="python3.11")


def test_the_quick_tests_run_with_every_other_python_that_is_there(folder: Path) -> None:
    done = _make_pythons(folder, **{"3.12": ANOTHER_PYTHON, "3.13": NO_PYTHON})
    assert done.returncode == 0, done.stderr
    answers = [line for line in done.stdout.splitlines() if line.startswith("3.")]
    assert any(line.startswith("3.12 -m pytest -q ") for line in answers)
    assert not any(line.startswith("3.11 ") for line in answers)
    assert "python3.13 is not installed: not tried." in done.stdout
    assert (folder / ".venv-3.12").is_dir()


def test_a_failure_with_another_python_is_a_failure(folder: Path) -> None:
    failing = ANOTHER_PYTHON.replace("echo {version}", '[ "$2" != pytest ]; exit; echo')
    done = _make_pythons(folder, **{"3.12": failing, "3.13": NO_PYTHON})
    assert done.returncode != 0
    assert "python3.13" not in done.stdout
