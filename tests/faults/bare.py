"""The bare reader: no database, no worker. Run as `python -m tests.faults.bare FILE...`.

It prints a line when it is ready, reads the pictures after a line of input, and prints another.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from mlmodel.model import Model
from mlmodel.reader import read

PROJECT = Path(__file__).resolve().parents[2]


def seconds_in_processes(count: int, files: Sequence[Path]) -> float:
    """How long so many processes take to read these files between them."""
    command = [sys.executable, "-m", __name__]
    processes = [
        subprocess.Popen(
            [*command, *map(str, files[number::count])],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(count)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline()
    started = time.monotonic()
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        assert process.stdout
        assert process.stdout.readline()
    seconds = time.monotonic() - started
    for process in processes:
        process.communicate()
    return seconds


def main(files: Sequence[str]) -> None:
    model = Model.load()
    _read(model, files[0])
    _say("ready")
    sys.stdin.readline()
    for name in files:
        _read(model, name)
    _say("done")


def _read(model: Model, name: str) -> None:
    picture = cv2.imread(name, cv2.IMREAD_GRAYSCALE)
    read(np.asarray(picture, np.uint8), model)


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
