"""`manage.py worker` beside the server, in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

from digitrec.environment import PROJECT
from digitrec.launch.server_account import end_with_parent

# Workers that end by themselves are started again, but not more often than this.
AGAIN_AFTER_S = 2
# They end the jobs that they have, each of some seconds.
STOP_TIMEOUT_S = 30


class Workers:
    """The process that guards the workers; none at all where their number is 0."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._due = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def keep_running(self) -> None:
        """Start the process if it does not run; the server goes on without it if need be."""
        if not self._count or time.monotonic() < self._due:
            return
        if self._process and (code := self._process.poll()) is not None:
            self._process = None
            sys.stderr.write(f"The workers ended with exit code {code}; they are started again.\n")
        if self._process is None:
            self._due = time.monotonic() + AGAIN_AFTER_S
            self._try_to_start()

    def _try_to_start(self) -> None:
        try:
            self._process = self._start()
        except OSError as error:  # no memory for another process
            sys.stderr.write(f"The workers could not be started, and are tried again: {error}\n")

    @staticmethod
    def _start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            [
                *end_with_parent("TERM"),
                *(sys.executable, "-m", "django", "worker", "--settings", "digitrec.settings"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd=PROJECT,
            start_new_session=True,  # Ctrl-C is for the launcher, which stops this first
        )

    def stop(self) -> None:
        """Let the workers end their jobs, and wait until they end; harmless before a start."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
