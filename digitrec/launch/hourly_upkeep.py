"""`manage.py upkeep`, once an hour beside the server, in a process of its own."""

import subprocess
import sys
import time

from digitrec.environment import PROJECT
from digitrec.launch.server_account import end_with_parent

FIRST_AFTER_S = 60


class Upkeep:
    """Starts the command when it is due, and never waits for it; 0 minutes means never."""

    def __init__(self, every_minutes: int) -> None:
        self._every_s = every_minutes * 60
        self._due = time.monotonic() + FIRST_AFTER_S
        self._process: subprocess.Popen[bytes] | None = None

    def start_when_due(self) -> None:
        if self._process and self._process.poll() is not None:
            self._process = None
        if not self._every_s or time.monotonic() < self._due or self._process:
            return
        self._due = time.monotonic() + self._every_s
        try:
            self._process = self._start()
        except OSError as error:  # no memory for another process: the server goes on
            sys.stderr.write(f"Upkeep could not be started, and waits for the next time: {error}\n")

    @staticmethod
    def _start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            [
                *end_with_parent("TERM"),
                *(sys.executable, "-m", "django", "upkeep", "--settings", "digitrec.settings"),
            ],
            stdin=subprocess.DEVNULL,
            cwd=PROJECT,
            start_new_session=True,
        )
