"""Jobs of the tests. Each writes a line in a file when it begins, and most do when they end."""

import os
import time
from pathlib import Path


def note(path: str, line: str = "done") -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def whoami(path: str) -> None:
    """Note the number of this process."""
    note(path, str(os.getpid()))


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split() if path.exists() else []


def take_time(path: str, seconds: float) -> None:
    note(path, "begun")
    time.sleep(seconds)
    note(path)


def hang(path: str) -> None:
    """Hang the first time, where no exception can end it."""
    note(path, "begun")
    while len(lines(Path(path))) == 1:
        try:
            time.sleep(60)
        except BaseException:  # noqa: BLE001, S112 - as a loop in C, which sees no exception
            continue
    note(path)


def fail(path: str) -> None:
    note(path, "begun")
    raise ValueError(path)


def abort(path: str) -> None:
    note(path, "begun")
    os.abort()
