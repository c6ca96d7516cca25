"""The real launcher in a copy of the project, so that no test touches the project's own data."""

import http.client
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from uuid import uuid4

PROJECT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 60
END_TIMEOUT_S = 30
POLL_S = 0.05


def as_nobody() -> tuple[str, ...]:
    """Goes before a command: root starts it as the user nobody, who may read all, and no more."""
    if os.geteuid() != 0:
        return ()
    nobody = pwd.getpwnam("nobody")
    # Python may lie in /root: to read everything is a right by which nothing can be changed.
    kinds = ("inh-caps", "ambient-caps", "bounding-set")
    rights = [f"--{kind}=-all,+dac_read_search" for kind in kinds]
    user = (f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    return ("setpriv", *user, *rights)


def copy_project(folder: Path) -> Path:
    """Copy what is served; mlmodel, with its large model and data set, becomes a symbolic link."""
    folder.mkdir(parents=True)
    for name in ("digitrec", "recognizer", "templates", "static"):
        shutil.copytree(PROJECT / name, folder / name)
    (folder / "mlmodel").symlink_to(PROJECT / "mlmodel")
    (folder / "media").mkdir()
    return folder


class Launcher:
    """`python -m digitrec.serve` at a free port, with nothing of the tests' own environment."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        *,
        prefix: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        # A file, because a pipe that nobody empties would block the server in the middle of a line.
        self._output = folder.with_name(f"{folder.name}-{uuid4()}.txt")
        started = time.monotonic()
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "digitrec.serve"],
                cwd=folder,
                env={"PATH": os.environ["PATH"], "PORT": "0", **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self._read_until_ready_or_ended()
        except BaseException:
            self.end(signal.SIGKILL)
            raise
        self.seconds = time.monotonic() - started

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, if it has not ended by itself."""
        if self.process.poll() is None:
            self.end(signal.SIGTERM)

    @property
    def printed(self) -> str:
        """What it and the processes that it started have printed so far."""
        return self._output.read_text()

    @property
    def port(self) -> int:
        ready = re.search(r"digitrec is ready at http://127\.0\.0\.1:(\d+)[/ ]", self.printed)
        assert ready, self.printed
        return int(ready[1])

    def answer(self, path: str = "/", host: str = "localhost") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_TIMEOUT_S)
        try:
            connection.request("GET", path, headers={"Host": host})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait until the launcher has ended, and return its exit code."""
        return self.process.wait(END_TIMEOUT_S)

    def _read_until_ready_or_ended(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while self.process.poll() is None and "digitrec is ready" not in self.printed:
            assert time.monotonic() < deadline, f"no answer in {START_TIMEOUT_S} s: {self.printed}"
            time.sleep(POLL_S)


def processes_in(folder: Path) -> dict[int, str]:
    """The processes that work in a folder or name it in their command line."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            at = (entry / "cwd").readlink()
        except OSError:  # it ended meanwhile, or is a zombie
            continue
        if at.is_relative_to(folder) or str(folder) in command:
            found[int(entry.name)] = command
    return found


def process_in(folder: Path, text: str) -> int:
    """The oldest process in a folder with a text in its command line."""
    return min(number for number, command in processes_in(folder).items() if text in command)


def wait_until_none_in(folder: Path) -> bool:
    deadline = time.monotonic() + END_TIMEOUT_S
    while time.monotonic() < deadline:
        if not processes_in(folder):
            return True
        time.sleep(0.05)
    return False
