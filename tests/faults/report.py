"""One line for every run, so that runs can be compared."""

import os
from pathlib import Path


def report(run: str, **figures: int | float) -> None:
    """Print a run's figures; and append them to the file that FAULTS_REPORT names, if any."""
    line = " ".join([run, *(f"{name}={value}" for name, value in figures.items())])
    print(line)  # noqa: T201 - what `make faults` shows
    if path := os.environ.get("FAULTS_REPORT"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
