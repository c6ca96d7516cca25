"""Progress of a long command, printed for whoever waits for it."""

import time

from django.core.management.base import OutputWrapper

EVERY_S = 2.0


class Progress:
    """Prints at most one line every two seconds, and none for a job that takes less."""

    def __init__(self, output: OutputWrapper) -> None:
        self._output = output
        self._last = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last >= EVERY_S:
            self._last = now
            self._output.write(f"{what}: {done} of {total}")
            self._output.flush()
