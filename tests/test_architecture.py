"""Which part may import which, and that reading digits never loads TensorFlow."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from digitrec.settings import BASE_DIR
from recognizer.models import Upload
from tests.makers import digits_png

RECOGNIZER = BASE_DIR / "recognizer"
ROOMS_THAT_ANSWER = {"views", "api", "admin", "middleware"}
# Beside them: who asks, from where, and what is logged of it.
KNOW_A_REQUEST = {
    "accounts/clients.py",
    "accounts/owners.py",
    "forms/accounts.py",
    "monitoring/events.py",
    "monitoring/log_filters.py",
    "monitoring/request_id.py",
}

# Prints what of TensorFlow a process has loaded, after whatever it did before.
TELL = """
import sys
heavy = {name.partition(".")[0] for name in sys.modules} & {"tensorflow", "keras", "jax", "torch"}
print("loaded:", *sorted(heavy))
"""
READ_WITH_THE_LIBRARY = """
import sys
import numpy, PIL.Image
from mlmodel.reader import read
print(read(numpy.asarray(PIL.Image.open(sys.argv[1]))).text)
"""
READ_WITH_THE_COMMAND = """
import sys
import django
django.setup()
from django.core.management import call_command
call_command("recognize", sys.argv[1])
"""
READ_WITH_A_REQUEST = """
import sys
from digitrec.wsgi import application
from django.conf import settings
from django.test import Client
from django.urls import get_resolver
settings.DATABASES["default"]["NAME"] = sys.argv[2]
get_resolver().url_patterns
with open(sys.argv[1], "rb") as picture:
    print(Client(HTTP_HOST="localhost").post("/", {"picture": picture}).status_code)
"""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    path.write_bytes(digits_png("42"))
    return path


def run(code: str, *arguments: object, **environment: str) -> list[str]:
    """What a new process prints that runs this code and then tells what is loaded."""
    answer = subprocess.run(
        [sys.executable, "-c", code + TELL, *map(str, arguments)],
        cwd=BASE_DIR,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout.splitlines()


def test_imports_go_one_way() -> None:
    assert linted(BASE_DIR) == 0


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code alone, for a breach."""
    folder = tmp_path_factory.mktemp("code")
    shutil.copy(BASE_DIR / "pyproject.toml", folder)
    for package in ("digitrec", "recognizer", "mlmodel"):
        for module in (BASE_DIR / package).rglob("*.py"):
            copy = folder / module.relative_to(BASE_DIR)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(module, copy)
    return folder


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("mlmodel/picture/ink.py", "from mlmodel.lines import strips"),
        ("mlmodel/texts/candidates.py", "from mlmodel.mnist import data"),
        ("mlmodel/model.py", "import django"),
        ("recognizer/refusals.py", "from recognizer.models import Upload"),
        ("recognizer/uploads/reading.py", "from recognizer.accounts import owners"),
        ("recognizer/history/keyset.py", "from recognizer.checking import verified_text"),
        ("recognizer/models/owner.py", "import numpy"),
        ("recognizer/urls.py", "from digitrec import settings"),
    ],
)
def test_an_import_that_runs_back_up_is_noticed(copied: Path, module: str, line: str) -> None:
    path = copied / module
    code = path.read_text()
    path.write_text(f"{code}\n{line}\n")
    try:
        assert linted(copied) != 0
    finally:
        path.write_text(code)


def test_without_a_breach_the_copy_is_sound(copied: Path) -> None:
    assert linted(copied) == 0


def linted(folder: Path) -> int:
    """The exit code of import-linter there: 0 where every contract holds.

    In a process of its own, for it silences every logger of the one that it runs in.
    """
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


def modules_that_know_a_request() -> set[str]:
    """Those that name a request's or an answer's type; all of ours are typed."""
    return {
        str(path.relative_to(RECOGNIZER))
        for path in RECOGNIZER.rglob("*.py")
        if any(
            isinstance(node, ast.Name) and node.id in {"HttpRequest", "HttpResponse"}
            for node in ast.walk(ast.parse(path.read_text()))
        )
    }


def test_only_what_answers_knows_a_request() -> None:
    found = modules_that_know_a_request()
    assert found >= KNOW_A_REQUEST
    others = found - KNOW_A_REQUEST
    assert {module.partition("/")[0] for module in others} == ROOMS_THAT_ANSWER


def test_the_library_reads_without_tensorflow(picture: Path) -> None:
    assert run(READ_WITH_THE_LIBRARY, picture) == ["42", "loaded:"]


def test_the_command_reads_without_tensorflow(picture: Path) -> None:
    printed, loaded = run(READ_WITH_THE_COMMAND, picture)
    assert printed.startswith(f"{picture}: 42 ")
    assert loaded == "loaded:"


@pytest.mark.django_db(transaction=True)
def test_the_web_server_reads_without_tensorflow(picture: Path, tmp_path: Path) -> None:
    database = connection.settings_dict["NAME"]
    printed = run(READ_WITH_A_REQUEST, picture, database, MEDIA_ROOT=str(tmp_path / "media"))
    assert printed == ["302", "loaded:"]
    assert Upload.objects.get().predictions.get().text == "42"


@pytest.mark.parametrize("name", ["tensorflow", "keras"])
def test_what_is_loaded_would_be_noticed(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.py").touch()
    assert run(f"import {name}", PYTHONPATH=str(tmp_path)) == [f"loaded: {name}"]
