import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.digitrec.launcher import (
    Launcher,
    as_nobody,
    copy_project,
    process_in,
    processes_in,
    wait_until_none_in,
)
from tests.faults.times import slowed_down
from tests.recognizer.jobs.workers import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")


# As a script's `make run &` is started: with Ctrl-C ignored.
IN_BACKGROUND = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")


@dataclass(frozen=True)
class Run:
    """What one start until Ctrl-C was seen to do."""

    folder: Path
    printed: str
    code: int
    left: dict[int, str]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("serve") / "digitrec")


@pytest.fixture(scope="module")
def first(project: Path) -> Run:
    launcher = Launcher(project, prefix=IN_BACKGROUND)
    code = launcher.end(signal.SIGINT)
    return Run(project, launcher.printed, code, processes_in(project))


@pytest.fixture(scope="module")
def second(first: Run) -> Iterator[Launcher]:
    with Launcher(first.folder) as launcher:
        yield launcher


@pytest.fixture(scope="module")
def unused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which nothing gets as far as starting."""
    return copy_project(tmp_path_factory.mktemp("unused") / "digitrec")


def said(printed: str) -> list[str]:
    """The lines that the launcher printed, without the log."""
    return [line for line in printed.splitlines() if " INFO recognizer." not in line]


def test_the_first_start_shows_the_password_of_the_user_admin(first: Run) -> None:
    told, once, ready, _ = said(first.printed)
    assert told.startswith('First start: the user "admin" at http://127.0.0.1:')
    assert len(told.split()[-1]) >= 16
    assert once.startswith("It is shown only this once")
    assert ready.startswith("digitrec is ready at http://127.0.0.1:")


def test_ctrl_c_ends_it_with_exit_code_0_even_when_started_in_the_background(first: Run) -> None:
    assert first.code == 0
    assert first.printed.endswith("digitrec has stopped.\n")


def test_ctrl_c_leaves_no_process(first: Run) -> None:
    assert first.left == {}


def test_what_it_keeps_is_closed_to_others(first: Run) -> None:
    kept = first.folder / "var"
    open_to_others = [name.name for name in kept.iterdir() if name.stat().st_mode & 0o022]
    assert open_to_others == []
    assert (kept / "postgres").stat().st_mode & 0o777 == 0o700
    assert (kept / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_second_start_shows_no_password(second: Launcher) -> None:
    assert said(second.printed) == [
        f"digitrec is ready at http://127.0.0.1:{second.port} (Ctrl-C stops it)"
    ]


def test_the_second_start_takes_under_5_s(second: Launcher) -> None:
    assert second.seconds < 5 * slowed_down()


def test_the_page_answers(second: Launcher) -> None:
    status, page = second.answer()
    assert status == 200
    assert "<title>" in page


def test_static_files_are_served_under_names_with_a_checksum(second: Launcher) -> None:
    _, page = second.answer()
    path = next(part for part in page.split('"') if part.startswith("/static/"))
    assert second.answer(path)[0] == 200


def test_a_foreign_host_header_is_refused(second: Launcher) -> None:
    assert second.answer(host="evil.example")[0] == 400


def test_a_second_launcher_in_the_folder_is_refused_and_told_where(second: Launcher) -> None:
    other = Launcher(second.folder)
    assert other.wait() == 1
    assert other.printed == (
        f"digitrec already runs in this folder, at http://127.0.0.1:{second.port}.\n"
    )


def test_it_starts_workers_and_starts_them_again(second: Launcher) -> None:
    wait_until(lambda: len(workers_in(second.folder)) == 3)
    guard = min(workers_in(second.folder))
    os.kill(guard, signal.SIGKILL)
    wait_until(lambda: len(workers_in(second.folder) - {guard}) == 3)
    assert "The workers ended with exit code -9; they are started again." in second.printed


def workers_in(folder: Path) -> set[int]:
    """The process numbers of the workers and their guard."""
    return {n for n, command in processes_in(folder).items() if "django worker" in command}


def test_kill_9_of_the_launcher_takes_web_database_and_workers_with_it(second: Launcher) -> None:
    wait_until(lambda: len(workers_in(second.folder)) == 3)
    assert second.end(signal.SIGKILL) == -signal.SIGKILL
    assert wait_until_none_in(second.folder)


def test_after_a_kill_it_starts_again_and_ends_when_the_database_is_killed(first: Run) -> None:
    with Launcher(first.folder) as launcher:
        os.kill(process_in(first.folder, "bin/postgres"), signal.SIGKILL)
        assert launcher.wait() == 1
    assert "The database ended by itself: " in launcher.printed
    assert wait_until_none_in(first.folder)


def test_it_ends_when_the_web_server_is_killed(first: Run) -> None:
    with Launcher(first.folder) as launcher:
        os.kill(process_in(first.folder, "gunicorn"), signal.SIGKILL)
        assert launcher.wait() == 1
    assert "The web server ended by itself, with exit code -9." in launcher.printed
    assert wait_until_none_in(first.folder)


def test_a_port_in_use_is_refused_in_one_sentence(unused: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        launcher = Launcher(unused, {"PORT": str(port)})
        assert launcher.wait() == 1
    assert launcher.printed.startswith(f"Port {port} on 127.0.0.1 is in use by another program: ")
    assert launcher.printed.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "postgresql://u:secret@127.0.0.1:1/d", "The database in DATABASE_URL can"),
        ("DATABASE_URL", "sqlite:///secret", "A setting is wrong: DATABASE_URL must name a Post"),
        ("WEB_WORKERS", "0", "A setting is wrong: WEB_WORKERS must be a whole number, 1 or more"),
        ("PORT", "65536", "PORT must be a number from 1 to 65535"),
        ("HOST", "192.0.2.1", "Nothing can listen on 192.0.2.1"),
        ("LOG_LEVEL", "loud", "A setting is wrong: LOG_LEVEL must be one of DEBUG, "),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(
    name: str, value: str, sentence: str, unused: Path
) -> None:
    launcher = Launcher(unused, {name: value})
    assert launcher.wait() == 1
    assert launcher.printed.startswith(sentence)
    assert launcher.printed.count("\n") == 1
    assert "secret" not in launcher.printed


def test_data_of_another_postgresql_version_is_refused_and_kept(tmp_path: Path) -> None:
    data = copy_project(tmp_path / "digitrec") / "var" / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    launcher = Launcher(tmp_path / "digitrec")
    assert launcher.wait() == 1
    assert f"{data} was written by PostgreSQL 17 and this is 18" in launcher.printed
    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]


@pytest.fixture
def folder_of_nobody() -> Iterator[Path]:
    """Outside pytest's own folders, which are closed to other users."""
    with tempfile.TemporaryDirectory(prefix="digitrec-nobody-") as folder:
        Path(folder).chmod(0o755)
        yield copy_project(Path(folder) / "digitrec")


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user already")
def test_an_ordinary_user_can_start_it(folder_of_nobody: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    subprocess.run(["chown", "-R", str(nobody.pw_uid), folder_of_nobody], check=True)
    with Launcher(folder_of_nobody, prefix=as_nobody()) as launcher:
        assert launcher.answer()[0] == 200
        assert launcher.end(signal.SIGINT) == 0
    assert {file.stat().st_uid for file in folder_of_nobody.rglob("var/*")} == {nobody.pw_uid}
