"""Characters and numbers of people as the strokes of a pen, from the files of UNIPEN."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIGITS_FILE = "unipen_digits.jsonl.gz"
STRINGS_FILE = "unipen_strings.jsonl.gz"
LETTERS_FILE = "unipen_letters_symbols.jsonl.gz"
# Letters and signs that look like digits, which must not be taught as something else.
_TWINS = frozenset("oOlISZzqg|bB")


@dataclass(frozen=True)
class Drawn:
    """A character or a number that somebody wrote.

    Attributes:
        label: what it says.
        writer: an anonymous name.
        strokes: for each (n, 2) float64, x and y down in heights; n is 1 or more.
    """

    label: str
    writer: str
    strokes: tuple[NDArray[np.float64], ...]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the box around all strokes, in heights."""
        every = np.vstack(self.strokes)
        width, height = every.max(axis=0) - every.min(axis=0)
        return float(width), float(height)


def digits(folder: Path) -> list[Drawn]:
    """Single digits, without those whose label is doubtful.

    Raises:
        OSError: the file is missing, or no gzip.
    """
    return _without_doubt(folder / DIGITS_FILE, "broken", "suspect")


def numbers(folder: Path) -> list[Drawn]:
    """Whole numbers in one line, with their signs.

    Raises:
        OSError: the file is missing, or no gzip.
    """
    return _without_doubt(folder / STRINGS_FILE, "multiline", "suspect")


def letters(folder: Path) -> list[Drawn]:
    """Letters and signs that look like no digit.

    Raises:
        OSError: the file is missing, or no gzip.
    """
    return [_drawn(row) for row in _rows(folder / LETTERS_FILE) if row["label"] not in _TWINS]


def _without_doubt(path: Path, *marks: str) -> list[Drawn]:
    """What none of these marks is set for."""
    return [_drawn(row) for row in _rows(path) if not any(row[mark] for mark in marks)]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _drawn(row: dict[str, Any]) -> Drawn:
    strokes = tuple(np.array(stroke, np.float64) / 1000 for stroke in row["strokes"] if stroke)
    return Drawn(row["label"], row["writer"], strokes)
