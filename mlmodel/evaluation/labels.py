"""Pictures labelled with their text: folders with a list, archives, MNIST and USPS digits."""

import csv
import gzip
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import cv2
import numpy as np
from numpy.typing import NDArray

from mlmodel.mnist.data import DataDamaged, DataMissing, Samples

LABELS_FILE = "labels.csv"
COLUMNS = {"file", "digits", "source"}
SEPARATORS = (",", ";", "\t")
# This many pictures determine a share to about 4 %, and take no longer than the other sets.
MOST_OF_ARCHIVE = 500
ARCHIVE_SEED = 20261125
MNIST_SET = "mnist"
USPS_FILE = "zip.test.gz"
USPS_SIDE_PX = 16
# Paper around a digit: without it, nothing would distinguish ink that touches the edge from paper.
DIGIT_MARGIN_PX = 8
# Enlarged by this factor, a digit is about as large as one that somebody draws or cuts out of a
# photo.
DIGIT_ENLARGED = 4


class NoArchive(DataDamaged):
    """A file that should be a ZIP archive of pictures is none."""


@dataclass(frozen=True)
class LabelledPicture:
    """A picture and what it shows.

    Attributes:
        name: its file's name, or what else is unique to it in its set.
        read_bytes: returns the bytes of the picture file.
        text: the digits in reading order, "|" between lines; empty when there are none.
        source: who wrote or collected it; pictures of one source fail together.
        written: the text with its signs, without blanks; None where that is not known.
    """

    name: str
    read_bytes: Callable[[], bytes]
    text: str
    source: str
    written: str | None = None


@dataclass(frozen=True)
class PictureSet:
    """Pictures that are measured together.

    Attributes:
        name: distinguishes the set from others.
        pictures: those to read.
        available: how many there are; more than `pictures` if those were drawn at random.
    """

    name: str
    pictures: Sequence[LabelledPicture]
    available: int


def known_pictures(place: Path) -> PictureSet:
    """The pictures of a folder with labels.csv, of a USPS folder, or of a ZIP archive.

    An archive holds pictures without digits; its folders are their sources. Of a large archive
    MOST_OF_ARCHIVE pictures are drawn at random, always the same.

    Raises:
        DataMissing: the folder has no labels.csv, or lacks a file that it lists.
        NoArchive: the place is a file, but no ZIP archive.
        DataDamaged: labels.csv is not the table that it should be.
    """
    if (place / USPS_FILE).is_file():
        pictures = usps_pictures(place / USPS_FILE)
    elif place.is_file():
        pictures = archived_pictures(place)
        return PictureSet(place.stem, _drawn(pictures), len(pictures))
    else:
        pictures = labelled_pictures(place)
    return PictureSet(place.stem, pictures, len(pictures))


def _drawn(pictures: list[LabelledPicture]) -> list[LabelledPicture]:
    if len(pictures) <= MOST_OF_ARCHIVE:
        return pictures
    random = np.random.default_rng(ARCHIVE_SEED)
    chosen = random.choice(len(pictures), MOST_OF_ARCHIVE, replace=False)
    return [pictures[index] for index in sorted(chosen)]


def labelled_pictures(folder: Path) -> list[LabelledPicture]:
    """The pictures that the folder's labels.csv lists, in its order.

    The column "written" may be left out.

    Raises:
        DataMissing: the folder has no labels.csv, or lacks a file that it lists.
        DataDamaged: labels.csv is not a table with the columns file, digits and source.
    """
    labels = folder / LABELS_FILE
    if not labels.is_file():
        raise DataMissing(f"{folder} has no {LABELS_FILE}.")
    rows = _table(labels)
    if missing := COLUMNS - set(rows.fieldnames or ()):
        raise DataDamaged(f"{labels} lacks the column {min(missing)}.")
    return [_picture(folder, row, rows.line_num) for row in rows if any(row.values())]


def _table(labels: Path) -> "csv.DictReader[str]":
    """The rows of a table as people and spreadsheets write it.

    Spreadsheets begin it with a byte order mark, part cells with a semicolon or a tab in many
    countries, name that sign in a first line (sep=;), and add empty cells and rows.

    Raises:
        DataDamaged: it is no text in UTF-8, or in UTF-16 with its mark.
    """
    lines = list(StringIO(_text(labels), newline=""))
    names_sign = bool(lines) and lines[0].lower().startswith("sep=")
    heading = "".join(lines[names_sign : names_sign + 1])
    rows = csv.DictReader(lines, delimiter=max(SEPARATORS, key=heading.count))
    if names_sign:
        next(rows.reader)
    rows.fieldnames = [name.strip() for name in rows.fieldnames or ()]
    return rows


def _text(labels: Path) -> str:
    data = labels.read_bytes()
    encoding = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DataDamaged(
            f"{labels}, line {line} is not in UTF-8, but perhaps in Latin-1: save the table as "
            "CSV UTF-8."
        ) from error


def _picture(folder: Path, row: dict[str, str], line: int) -> LabelledPicture:
    path, text = folder / (row["file"] or ""), row["digits"]
    if not path.is_file():
        raise DataMissing(f"{folder / LABELS_FILE}, line {line}: there is no file {path}.")
    if text is None or not set(text) <= set("0123456789|"):
        raise DataDamaged(f"{folder / LABELS_FILE}, line {line}: {text!r} is no digits.")
    written = row.get("written") or None
    return LabelledPicture(path.name, path.read_bytes, text, row["source"], written)


def archived_pictures(archive: Path) -> list[LabelledPicture]:
    """The PNG files of a ZIP archive, as pictures with nothing to read.

    Raises:
        NoArchive: the file is no ZIP archive.
    """
    try:
        pictures = ZipFile(archive)
    except BadZipFile as error:
        raise NoArchive(f"{archive} is no ZIP archive.") from error
    return [
        LabelledPicture(name, partial(pictures.read, name), "", name.split("/")[-3:][0])
        for name in sorted(pictures.namelist())
        if name.endswith(".png")
    ]


def mnist_pictures(samples: Samples) -> PictureSet:
    """Samples of MNIST as pictures of one digit each, dark on white."""
    inks = samples.images.astype(np.float32) / 255
    pictures = [
        LabelledPicture(str(index), partial(_digit_png, ink), str(label), "MNIST")
        for index, (ink, label) in enumerate(zip(inks, samples.labels, strict=True))
    ]
    return PictureSet(MNIST_SET, pictures, len(pictures))


def usps_pictures(file: Path) -> list[LabelledPicture]:
    """The digits of the USPS test set as pictures of one digit each, dark on white.

    A line holds the digit and 16x16 greys, -1 for paper to 1 for ink (Hull, A database for
    handwritten text recognition research, 1994).
    """
    with gzip.open(file, "rt", encoding="ascii") as lines:
        rows = np.loadtxt(lines, np.float32, ndmin=2)
    inks = (rows[:, 1:].reshape(-1, USPS_SIDE_PX, USPS_SIDE_PX) + 1) / 2
    return [
        LabelledPicture(str(index), partial(_digit_png, ink), str(int(label)), "USPS")
        for index, (ink, label) in enumerate(zip(inks, rows[:, 0], strict=True))
    ]


def _digit_png(ink: NDArray[np.float32]) -> bytes:
    """The PNG of a small square of ink, 0..1, enlarged, dark on white paper."""
    padded = np.pad(ink, DIGIT_MARGIN_PX)
    side = len(padded) * DIGIT_ENLARGED
    large = cv2.resize(padded, (side, side), interpolation=cv2.INTER_CUBIC)
    _, png = cv2.imencode(".png", np.clip((1 - large) * 255, 0, 255).astype(np.uint8))
    return png.tobytes()
