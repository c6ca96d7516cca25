"""A folder of handwriting for tests: few people, few lines, all made up."""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mlmodel.handwriting.real_lines import NUMBERS_FILE, TEXT_FILE
from mlmodel.handwriting.strokes import DIGITS_FILE, LETTERS_FILE, STRINGS_FILE

WRITERS = [f"writer {number}" for number in range(40)]
# For each digit, the corners of a stroke that is like no other's.
_CORNERS = np.random.default_rng(1).integers(0, 1001, (10, 6, 2)).tolist()


def make_folder(folder: Path) -> Path:
    """Write all files that a training reads."""
    folder.mkdir(exist_ok=True)
    _write_strokes(
        folder / DIGITS_FILE,
        [digit(value, writer) for writer in WRITERS for value in range(10)],
    )
    _write_strokes(folder / STRINGS_FILE, [number(writer) for writer in WRITERS])
    _write_strokes(folder / LETTERS_FILE, [letter("K", writer) for writer in WRITERS])
    books = [f"books/FRAN_0025_{number:04}_L-0.xml" for number in range(40)]
    _write_lines(folder / NUMBERS_FILE, [("1.50", book) for book in books])
    _write_lines(folder / TEXT_FILE, [("", book) for book in books])
    return folder


def digit(value: int, writer: str, **changes: Any) -> dict[str, Any]:
    """A digit as a row of its file."""
    row = {"label": str(value), "writer": writer, "strokes": [_CORNERS[value]]}
    return row | {"broken": False, "suspect": False} | changes


def number(writer: str, **changes: Any) -> dict[str, Any]:
    """The number 1.2 as a row of its file."""
    moved = [[x + 1500, y] for x, y in _CORNERS[2]]
    row = {"label": "1.2", "writer": writer, "strokes": [_CORNERS[1], [[1200, 950]], moved]}
    return row | {"multiline": False, "suspect": False} | changes


def letter(label: str, writer: str) -> dict[str, Any]:
    """A letter as a row of its file."""
    return {"label": label, "writer": writer, "strokes": [_CORNERS[3], _CORNERS[4]]}


def _write_strokes(path: Path, rows: list[dict[str, Any]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def _write_lines(path: Path, lines: list[tuple[str, str]]) -> None:
    image = np.full((60, 160), 220, np.uint8)
    cv2.putText(image, "1.50", (20, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 30, 3)
    encoded = cv2.imencode(".png", image)[1].tobytes()
    labels = ["file,digits,kind,source"]
    with zipfile.ZipFile(path, "w") as archive:
        for count, (written, source) in enumerate(lines):
            archive.writestr(f"{count}.png", encoded)
            labels.append(f"{count}.png,{written},archive_line,{source}")
        archive.writestr("labels.csv", "\n".join(labels))
