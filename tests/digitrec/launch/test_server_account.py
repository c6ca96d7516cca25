import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from digitrec.launch import server_account
from digitrec.launch.postgres_cluster import postgres_programs
from digitrec.launch.server_account import NoServerAccount, end_with_parent, find_server_account

ONLY_AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")


@pytest.fixture
def closed_folder(tmp_path: Path) -> Path:
    """A data folder inside a closed one, which like /root only its owner may pass."""
    tmp_path.chmod(0o700)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def _user(command: list[str]) -> int:
    return int(subprocess.check_output([*command, "-u"]))


def test_postgresql_runs_in_the_account_that_is_found(tmp_path: Path) -> None:
    program = postgres_programs() / "postgres"
    command = find_server_account(tmp_path / "data", program).command(program, "--version")
    assert subprocess.check_output(command).startswith(b"postgres (PostgreSQL) 18")


def test_an_account_in_which_the_program_does_not_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoServerAccount, match="start digitrec as an ordinary user"):
        find_server_account(tmp_path / "data", tmp_path / "no-program")


@pytest.mark.skipif(os.geteuid() == 0, reason="root is refused by PostgreSQL")
def test_an_ordinary_user_stays_who_they_are(tmp_path: Path) -> None:
    account = find_server_account(tmp_path / "data", Path("/bin/true"))
    assert account.owner == _user(account.command("/usr/bin/id")) == os.geteuid()


@ONLY_AS_ROOT
def test_for_root_the_data_belongs_to_another_user(tmp_path: Path) -> None:
    account = find_server_account(tmp_path / "data", Path("/bin/true"))
    assert account.client == "root"
    assert account.owner == _user(account.command("/usr/bin/id")) != 0


@ONLY_AS_ROOT
def test_for_root_the_owner_of_the_data_is_taken(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    os.chown(tmp_path / "data", 1, -1)
    assert find_server_account(tmp_path / "data", Path("/bin/true")).owner == 1


@ONLY_AS_ROOT
def test_the_other_user_can_pass_closed_folders_and_opens_none(closed_folder: Path) -> None:
    account = find_server_account(closed_folder, Path("/bin/true"))
    subprocess.run(account.command("/bin/ls", closed_folder), check=True)
    assert closed_folder.parent.stat().st_mode & 0o777 == 0o700


@ONLY_AS_ROOT
def test_the_other_user_cannot_become_root_again(tmp_path: Path) -> None:
    account = find_server_account(tmp_path / "data", Path("/bin/true"))
    again = account.command("setpriv", "--reuid=0", "/bin/true")
    assert subprocess.run(again, check=False, capture_output=True).returncode != 0


@ONLY_AS_ROOT
def test_root_that_may_not_switch_users_takes_another_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_account, "_another_user", _nobody)
    try:
        account = find_server_account(tmp_path / "data", Path("/bin/true"))
    except NoServerAccount:
        pytest.skip("user namespaces are not allowed here")
    assert account.owner == 0
    assert _user(account.command("/usr/bin/id")) != 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows this signal")
def test_a_program_ends_with_whoever_started_it() -> None:
    command = [*end_with_parent("KILL"), "sleep", "60"]
    start = f"import subprocess; print(subprocess.Popen({command}).pid)"
    child = int(subprocess.check_output([sys.executable, "-W", "ignore", "-c", start]))
    deadline = time.monotonic() + 10
    while _lives(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(child)


def _nobody(_data_dir: Path) -> Iterator[server_account.ServerAccount]:
    yield from ()


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
