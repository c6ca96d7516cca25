"""Pictures with what each one shows: folders with a list, archives, and USPS digits."""

import csv
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.data import DataDamaged, DataMissing

LABELS_FILE = "labels.csv"
USPS_FILE = "zip.test.gz"
USPS_SIDE_PX = 16
# Digits that touch the picture's edge have no paper around them to tell ink from.
USPS_MARGIN_PX = 8
USPS_ENLARGED = 4
COLUMNS = {"file", "digits", "source"}


@dataclass(frozen=True)
class LabelledPicture:
    """A picture and what it shows.

    Attributes:
        name: of its file, or what else tells it from the others of its set.
        read_bytes: gives the picture file.
        text: the digits in reading order, "|" between lines; empty when there are none.
        source: who wrote or collected it; pictures of one source fail together.
    """

    name: str
    read_bytes: Callable[[], bytes]
    text: str
    source: str


def known_pictures(place: Path) -> list[LabelledPicture]:
    """The pictures of a folder with labels.csv, of a USPS folder, or of a ZIP archive.

    An archive holds pictures without digits: its folders are taken as sources.

    Raises:
        DataMissing: nothing of the kind is there.
        DataDamaged: it is not what it should be.
    """
    if (place / USPS_FILE).is_file():
        return usps_pictures(place / USPS_FILE)
    return archived_pictures(place) if place.is_file() else labelled_pictures(place)


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
    return LabelledPicture(path.name, path.read_bytes, text, row["source"])


def archived_pictures(archive: Path) -> list[LabelledPicture]:
    """The PNG files of a ZIP archive, as pictures with nothing to read."""
    try:
        pictures = ZipFile(archive)
    except BadZipFile as error:
        raise DataDamaged(f"{archive} is no ZIP archive.") from error
    return [
        LabelledPicture(name, partial(pictures.read, name), "", name.split("/")[-3:][0])
        for name in sorted(pictures.namelist())
        if name.endswith(".png")
    ]


def usps_pictures(file: Path) -> list[LabelledPicture]:
    """The digits of the USPS test set as pictures of one digit each, dark on white.

    A line holds the digit and 16x16 greys, -1 for paper to 1 for ink (Hull, A database for
    handwritten text recognition research, 1994).
    """
    with gzip.open(file, "rt", encoding="ascii") as lines:
        rows = np.loadtxt(lines, np.float32)
    return [
        LabelledPicture(str(index), partial(_usps_png, row[1:]), str(int(row[0])), "USPS")
        for index, row in enumerate(rows)
    ]


def _usps_png(greys: NDArray[np.float32]) -> bytes:
    ink = np.pad(greys.reshape(USPS_SIDE_PX, USPS_SIDE_PX), USPS_MARGIN_PX, constant_values=-1)
    side = (USPS_SIDE_PX + 2 * USPS_MARGIN_PX) * USPS_ENLARGED
    large = cv2.resize(ink, (side, side), interpolation=cv2.INTER_CUBIC)
    _, png = cv2.imencode(".png", np.clip((1 - large) * 127.5, 0, 255).astype(np.uint8))
    return png.tobytes()
