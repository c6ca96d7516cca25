import gzip
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from mlmodel.evaluation.labels import (
    MOST_OF_ARCHIVE,
    NoArchive,
    known_pictures,
    labelled_pictures,
    mnist_pictures,
)
from mlmodel.mnist.data import DataDamaged, DataMissing, Samples
from tests.makers import decoded

EXPECTED = [("a.png", "0042", "Ada"), ("b.png", "1|23", "Élise")]
TABLE = "file,digits,source\na.png,0042,Ada\nb.png,1|23,Élise\n"


def folder_with(tmp_path: Path, *lines: str) -> Path:
    (tmp_path / "a.png").touch()
    (tmp_path / "labels.csv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_it_lists_pictures_with_their_text(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "file,digits,kind,source", "a.png,12|3,photo,ada", "a.png,,,bob")
    pictures = labelled_pictures(folder)
    assert [(picture.text, picture.source) for picture in pictures] == [
        ("12|3", "ada"),
        ("", "bob"),
    ]
    assert pictures[0].read_bytes() == b""


def test_a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"has no labels\.csv"):
        labelled_pictures(tmp_path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataDamaged, match="lacks the column digits"):
        labelled_pictures(folder_with(tmp_path, "file,source", "a.png,ada"))


def test_a_missing_picture_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"line 2: there is no file .*b\.png"):
        labelled_pictures(folder_with(tmp_path, "file,digits,source", "b.png,1,ada"))


@pytest.mark.parametrize("text", ["four", "1.5", "-1"])
def test_a_text_that_is_no_digits_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataDamaged, match="is no digits"):
        labelled_pictures(folder_with(tmp_path, "file,digits,source", f"a.png,{text},ada"))


def labels_in(tmp_path: Path, table: bytes) -> list[tuple[str, str, str]]:
    """What is listed in a folder with two pictures and this labels.csv."""
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"pixels")
    (tmp_path / "labels.csv").write_bytes(table)
    return [(each.name, each.text, each.source) for each in labelled_pictures(tmp_path)]


@pytest.mark.parametrize(
    "table",
    [
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode(),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace("\n", "\r").encode(),
        ("sep=;\n" + TABLE.replace(",", ";")).encode("utf-8-sig"),
        TABLE.replace("\n", ",,\n").encode(),
        (TABLE + ",,\n,,\n\n").encode(),
        TABLE.replace("file,digits,source", "file , digits, source").encode(),
        TABLE.replace("Ada", '"Ada"').encode(),
    ],
    ids=[
        "mark",
        "UTF-16",
        "semicolons",
        "tabs",
        "Windows line ends",
        "old Mac line ends",
        "named sign",
        "empty cells",
        "empty rows",
        "spaces",
        "quotes",
    ],
)
def test_a_table_is_read_as_spreadsheets_write_it(tmp_path: Path, table: bytes) -> None:
    assert labels_in(tmp_path, table) == EXPECTED


def test_a_table_in_latin_1_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataDamaged, match=r"line 3 is not in UTF-8, .* Latin-1: save the table as"):
        labels_in(tmp_path, TABLE.encode("latin-1"))


def test_a_named_sign_moves_no_line(tmp_path: Path) -> None:
    table = "sep=;\nfile;digits;source\na.png;4;Ada\nc.png;4;Ada\n"
    with pytest.raises(DataMissing, match="line 4"):
        labels_in(tmp_path, table.encode())


def test_an_empty_table_lacks_its_columns(tmp_path: Path) -> None:
    with pytest.raises(DataDamaged, match="lacks the column digits"):
        labels_in(tmp_path, b"\xef\xbb\xbf")


def test_the_pictures_of_an_archive_hold_nothing_to_read(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "letters.zip", "w") as archive:
        archive.writestr("set/Greek/alpha/1.png", b"alpha")
        archive.writestr("set/readme.txt", b"no picture")
    [picture] = known_pictures(tmp_path / "letters.zip").pictures
    assert (picture.text, picture.source, picture.read_bytes()) == ("", "Greek", b"alpha")


def test_of_a_large_archive_some_are_drawn_always_the_same(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "letters.zip", "w") as archive:
        for number in range(2 * MOST_OF_ARCHIVE):
            archive.writestr(f"{number:04}.png", b"")
    drawn, again = (known_pictures(tmp_path / "letters.zip") for _ in range(2))
    names = [picture.name for picture in drawn.pictures]
    assert (len(set(names)), drawn.available) == (MOST_OF_ARCHIVE, 2 * MOST_OF_ARCHIVE)
    assert max(names) > f"{MOST_OF_ARCHIVE:04}"
    assert names == [picture.name for picture in again.pictures]


def test_a_set_has_the_name_of_its_place(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "file,digits,source", "a.png,1,ada")
    known = known_pictures(folder)
    assert (known.name, len(known.pictures), known.available) == (tmp_path.name, 1, 1)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.zip").write_bytes(b"letters")
    with pytest.raises(NoArchive, match="is no ZIP archive"):
        known_pictures(tmp_path / "letters.zip")


def test_usps_digits_come_as_dark_ink_on_white_paper(tmp_path: Path) -> None:
    greys = np.full((2, 256), -1.0)
    greys[:, 100:110] = 1
    lines = [f"{digit}.0000 {' '.join(map(str, row))}" for digit, row in enumerate(greys)]
    (tmp_path / "zip.test.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    first, second = known_pictures(tmp_path).pictures
    assert (first.text, second.text) == ("0", "1")
    pixels = np.asarray(decoded(first.read_bytes()))
    assert pixels.shape == (128, 128)
    assert (pixels[0, 0], pixels.min()) == (255, 0)


def test_mnist_digits_come_as_dark_ink_on_white_paper() -> None:
    images = np.zeros((2, 28, 28), np.uint8)
    images[1, 10:18, 14] = 255
    mnist = mnist_pictures(Samples(images, np.array([3, 1], np.uint8)))
    assert [(one.text, one.source) for one in mnist.pictures] == [("3", "MNIST"), ("1", "MNIST")]
    pixels = np.asarray(decoded(mnist.pictures[1].read_bytes()))
    assert pixels.shape == (176, 176)
    assert (pixels[0, 0], pixels.min()) == (255, 0)


def test_the_signs_of_a_picture_may_be_told(tmp_path: Path) -> None:
    rows = "file,digits,written,source", "a.png,125,1.25,ada", "a.png,7,,ada"
    pictures = labelled_pictures(folder_with(tmp_path, *rows))
    assert [picture.written for picture in pictures] == ["1.25", None]
