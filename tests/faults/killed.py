"""A process that stores pictures, and dies at a named point as by kill -9.

Run as `python -m tests.faults.killed DATABASE WAY JOB...`, where WAY is "safe" or "naive" and each
JOB is POINT:VISITOR:KEY. Every job runs in a fork, which does not outlive its point. The last
word of what is printed says how each one ended: "killed" or "done".
"""

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import django

KILLED = 137
Patch = tuple[Any, str, str]


def main(database: str, way: str, *jobs: str) -> None:
    from django.conf import settings

    django.setup()
    settings.DATABASES["default"]["NAME"] = database
    # Imported before the forks, which would else take a second each.
    from tests.makers import digits_png

    picture = digits_png("42")
    for job in jobs:
        point, visitor, key = job.split(":")
        child = os.fork()
        if child == 0:
            _take_in(picture, way, point, UUID(visitor), key)
        _, status = os.waitpid(child, 0)
        ended = {KILLED: "killed", 0: "done"}.get(os.waitstatus_to_exitcode(status), "broken")
        sys.stdout.write(f"{ended}\n")


def _take_in(picture: bytes, way: str, point: str, visitor: UUID, key: str) -> None:
    from recognizer.models import Owner
    from recognizer.uploads.recognition import recognize
    from recognizer.uploads.storing import Given
    from tests.faults.naive import file_then_row

    if point != "never":
        target, name, when = points()[point]
        setattr(target, name, _dying(getattr(target, name), when))
    try:
        take = recognize if way == "safe" else file_then_row
        take(Given(picture, "file", key=key), Owner(visitor=visitor))
        os._exit(0)
    finally:
        os._exit(1)


def points() -> dict[str, Patch]:
    """Every point by name: what is replaced, and whether death comes before, after or amid it."""
    from recognizer.models import Upload
    from recognizer.storage import disk
    from recognizer.uploads import reading, recognition, storing

    return {
        "before the row": (Upload, "save", "before"),
        "before the row's commit": (Upload, "save", "after"),
        "after the row": (storing, "_store_file", "before"),
        "with an empty part": (disk, "_copy", "before"),
        "amid writing": (disk, "_copy", "amid"),
        "before fsync": (os, "fsync", "before a file"),
        "after fsync": (os, "fsync", "after a file"),
        "before the check": (disk, "sha256_of", "before"),
        "before renaming": (Path, "rename", "before"),
        "after renaming": (Path, "rename", "after"),
        "before it is noted as stored": (storing, "mark_stored", "before"),
        "after it is noted as stored": (storing, "mark_stored", "after"),
        "before reading": (reading, "read_pixels", "before"),
        "before the last commit": (reading, "create_prediction", "after"),
        "after the last commit": (recognition, "read_stored", "after"),
    }


def _dying(function: Callable[..., Any], when: str) -> Callable[..., Any]:
    def dying(*arguments: Any, **options: Any) -> Any:
        if when.endswith("a file") and not _is_file(arguments[0]):
            return function(*arguments, **options)
        if when.startswith("before"):
            os._exit(KILLED)
        if when == "amid":
            content, file = arguments
            file.write(content.read(content.size // 2))
            file.flush()
            os._exit(KILLED)
        function(*arguments, **options)
        os._exit(KILLED)

    return dying


def _is_file(descriptor: int) -> bool:
    return Path(f"/proc/self/fd/{descriptor}").is_file()


if __name__ == "__main__":
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, write_through=True)
    main(*sys.argv[1:])
