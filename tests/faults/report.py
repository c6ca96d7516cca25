"""One line for each run against faults: what was done, and what of it went wrong."""

import os
import sys
from pathlib import Path


def report(run: str, **figures: int | float) -> None:
    """Print a run's figures, and add them to the file that FAULTS_REPORT names."""
    line = " ".join([run, *(f"{name}={value}" for name, value in figures.items())])
    sys.stdout.write(f"{line}\n")
    if path := os.environ.get("FAULTS_REPORT"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
