"""Real workers on the tests' database, in a process of their own: `manage.py worker`.

Run as `python -m tests.recognizer.jobs.workers DATABASE MEDIA_ROOT OPTIONS`, where OPTIONS are
JSON: "workers", "stop_s" (see STOP_S), "queue" (of Q_CLUSTER), and "broken": what kills them.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

PROJECT = Path(__file__).resolve().parents[3]
POLL_S = 0.05
END_TIMEOUT_S = 30
# The width of a picture at which a broken decoder ends the process.
DEADLY_WIDTH = 333


class Workers:
    """A guard with its workers, until the end of the block."""

    def __init__(
        self, media: Path, workers: int = 1, *, broken: str = "", stop_s: float = 25, **queue: int
    ) -> None:
        from django.db import connection

        options = {"workers": workers, "broken": broken, "stop_s": stop_s, "queue": queue}
        name = str(connection.settings_dict["NAME"])
        arguments = [__name__, name, str(media), json.dumps(options)]
        self.process = subprocess.Popen([sys.executable, "-m", *arguments], cwd=PROJECT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        numbers = self.numbers()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        # Their connections would be in the way of the next test.
        wait_until(lambda: not any(map(is_alive, numbers)))

    def numbers(self) -> list[int]:
        """The process numbers of the workers that run now."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        try:
            return [int(number) for number in children.read_text().split()]
        except OSError:  # the guard has ended
            return []

    def kill_one(self, number: int | None = None) -> None:
        """Kill a worker, as by kill -9, and wait until another is in its place."""
        before = self.numbers()
        os.kill(number or before[0], signal.SIGKILL)
        wait_until(lambda: len(self.numbers()) == len(before) and self.numbers() != before)

    def stop(self) -> float:
        """End them as a supervisor does; the seconds that it took."""
        started = time.monotonic()
        self.process.terminate()
        self.process.wait(END_TIMEOUT_S)
        return time.monotonic() - started


def is_alive(number: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return False


def wait_until(is_so: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(POLL_S)


def main(database: str, media: str, options: str) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    wanted: dict[str, Any] = json.loads(options)
    settings.DATABASES["default"]["NAME"] = database
    settings.MEDIA_ROOT = media
    settings.Q_CLUSTER |= {"poll": 0.1} | wanted["queue"]
    django.setup()
    from recognizer.jobs import cluster

    cluster.STOP_S = wanted["stop_s"]
    if wanted["broken"]:
        BREAKS[wanted["broken"]]()
    call_command("worker", workers=wanted["workers"])


def break_intake() -> None:
    """Let the decoder abort the process at pictures of a certain width, as they are taken in."""
    from recognizer.intake import cleaning

    real = cleaning.clean

    def clean(*arguments: Any, **options: Any) -> cleaning.CleanImage:
        image = real(*arguments, **options)
        if image.size[0] == DEADLY_WIDTH:
            os.abort()
        return image

    patch.object(cleaning, "clean", clean).start()


def break_reader() -> None:
    """The same when they are read."""
    from recognizer.uploads.reading import Outcome, Pixels, read_pixels

    real = read_pixels

    def deadly(pixels: Pixels, *others: Any) -> Outcome:
        if pixels.size[0] == DEADLY_WIDTH:
            os.abort()
        return real(pixels, *others)

    patch("recognizer.batches.reading.read_pixels", deadly).start()


BREAKS: dict[str, Callable[[], None]] = {"intake": break_intake, "reader": break_reader}


if __name__ == "__main__":
    main(*sys.argv[1:])
