"""Folders of pictures with a list of what each one shows."""

import csv
from dataclasses import dataclass
from pathlib import Path

from mlmodel.data import DataDamaged, DataMissing

LABELS_FILE = "labels.csv"
COLUMNS = {"file", "digits", "source"}


@dataclass(frozen=True)
class LabelledPicture:
    """A picture and what it shows.

    Attributes:
        path: of the picture file.
        text: the digits in reading order, "|" between lines; empty when there are none.
        source: who wrote or collected it; pictures of one source fail together.
    """

    path: Path
    text: str
    source: str


def labelled_pictures(folder: Path) -> list[LabelledPicture]:
    """The pictures that the folder's labels.csv lists, in its order.

    Raises:
        DataMissing: the folder has no labels.csv, or lacks a file that it lists.
        DataDamaged: labels.csv is not a table with the columns file, digits and source.
    """
    labels = folder / LABELS_FILE
    if not labels.is_file():
        raise DataMissing(f"{folder} has no {LABELS_FILE}.")
    with labels.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if missing := COLUMNS - set(rows.fieldnames or ()):
            raise DataDamaged(f"{labels} lacks the column {min(missing)}.")
        return [_picture(folder, row, rows.line_num) for row in rows]


def _picture(folder: Path, row: dict[str, str], line: int) -> LabelledPicture:
    path, text = folder / (row["file"] or ""), row["digits"]
    if not path.is_file():
        raise DataMissing(f"{folder / LABELS_FILE}, line {line}: there is no file {path}.")
    if text is None or not set(text) <= set("0123456789|"):
        raise DataDamaged(f"{folder / LABELS_FILE}, line {line}: {text!r} is no digits.")
    return LabelledPicture(path, text, row["source"])
