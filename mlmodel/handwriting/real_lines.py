"""Lines of writing on real paper, cut from pages: numbers, and text without any figure."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.second.alphabet import OTHER

NUMBERS_FILE, TEXT_FILE = "lectaurep_numbers.zip", "text_lines.zip"
_LABELS = "labels.csv"
# Two lines of a set whose labels are licensed openly, but not its pictures.
_NOT_LICENSED = "htr-front-justice"
# A volume of the registers, each of whose pages is a source of its own.
_REGISTER = re.compile(r"FRAN_\d+_\d+")


@dataclass(frozen=True)
class RealLine:
    """A picture of a line.

    Attributes:
        image: (height, width) uint8.
        written: what it says, with its signs; OTHER for text without figures.
        volume: the book or the collection it was cut from.
    """

    image: NDArray[np.uint8]
    written: str
    volume: str


def numbers(folder: Path) -> Iterator[RealLine]:
    """Numbers, one a picture.

    Raises:
        OSError: the file is missing.
        zipfile.BadZipFile: it is no ZIP.
    """
    return _lines(folder / NUMBERS_FILE)


def text(folder: Path) -> Iterator[RealLine]:
    """Lines of text in which no figure stands.

    Raises:
        OSError: the file is missing.
        zipfile.BadZipFile: it is no ZIP.
    """
    return _lines(folder / TEXT_FILE)


def _lines(path: Path) -> Iterator[RealLine]:
    with zipfile.ZipFile(path) as archive:
        labels = archive.read(_LABELS).decode("utf-8")
        for row in csv.DictReader(io.StringIO(labels)):
            if _NOT_LICENSED in row["source"]:
                continue
            encoded = np.frombuffer(archive.read(row["file"]), np.uint8)
            image = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
            written, volume = row["digits"] or OTHER, volume_of(row["source"])
            yield RealLine(np.asarray(image, np.uint8), written, volume)


def volume_of(source: str) -> str:
    """The book or the collection of a page, so that all pages of one hand are kept together."""
    register = _REGISTER.search(source)
    return register[0] if register else str(PurePosixPath(source).parent)
