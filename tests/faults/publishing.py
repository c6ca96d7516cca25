"""Publishes a version beside another again and again, and dies at each step on the way.

A step is whatever Python tells its audit hooks of: a file opened, renamed, removed, locked.
"""

import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path

from mlmodel.artifact.card import ModelError
from mlmodel.artifact.directory import read_model
from mlmodel.artifact.versions import publish

STEPS = {"open", "os.rename", "os.remove", "fcntl.flock", "os.mkdir", "os.listdir", "os.scandir"}


def main(folder: str, before: str, new: str) -> None:
    """Print how many steps there were, and after how many of them a model was not whole."""
    wrong = 0
    known = read_model(Path(before)), read_model(Path(new))
    for step in count(1):
        shutil.rmtree(folder, ignore_errors=True)
        stays = publish(*known[0], Path(folder))
        is_killed = _killed_at(step, Path(folder), Path(new))
        wrong += read_model(stays) != known[0] or not _all_whole(Path(folder))
        if not is_killed:
            sys.stdout.write(f"{step - 1} {wrong}")
            return


def _all_whole(models: Path) -> bool:
    try:
        return all(read_model(path) for path in models.iterdir() if path.name[0] != ".")
    except ModelError:
        return False


def _killed_at(step: int, folder: Path, new: Path) -> bool:
    card, artifacts = read_model(new)
    child = os.fork()
    if child == 0:
        _die_at(step)
        publish(card, artifacts, folder)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _die_at(step: int) -> None:
    steps = count(1)

    def look(event: str, _arguments: object) -> None:
        if event in STEPS and next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)


if __name__ == "__main__":
    main(*sys.argv[1:])
