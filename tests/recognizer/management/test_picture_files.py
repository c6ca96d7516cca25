"""Which files of a folder are read."""

from pathlib import Path

import pytest
from pytest_django import Settings

from recognizer.management.picture_files import CLOSED_FOLDER, PictureFiles


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def found(folder: Path) -> tuple[list[str], dict[str, int]]:
    files = PictureFiles()
    pictures = [str(path.relative_to(folder)) for path in files.below(folder)]
    return pictures, dict(files.passed_over)


def test_pictures_are_found_in_a_stable_order(tmp_path: Path) -> None:
    make(tmp_path, "b.png", "a/z.JPG", "a/b.webp", "c.jfif")
    assert found(tmp_path) == (["a/b.webp", "a/z.JPG", "b.png", "c.jfif"], {})


@pytest.mark.parametrize(
    "name",
    [
        "._a.png",
        "__MACOSX/a.png",
        "__MACOSX/deep/a.png",
        "@eaDir/a.png",
        "sub/@eaDir/a.jpg/SYNOFILE_THUMB_M.jpg",
        ".Trash-1000/files/a.png",
        ".Trashes/a.png",
        ".trashed-1700000000-a.png",
        "$RECYCLE.BIN/a.png",
        "Thumbs.db",
        ".DS_Store",
        ".cache/thumbnails/a.png",
        "sub/.git/a.png",
    ],
)
def test_what_systems_put_there_is_neither_read_nor_counted(tmp_path: Path, name: str) -> None:
    make(tmp_path, "a.png", name)
    assert found(tmp_path) == (["a.png"], {})


def test_a_hidden_folder_that_is_named_is_read(tmp_path: Path) -> None:
    make(tmp_path, ".scans/a.png")
    assert found(tmp_path / ".scans")[0] == ["a.png"]


def test_every_kind_is_counted_by_its_name(tmp_path: Path) -> None:
    make(tmp_path, "a.heic", "b.HEIF", "c.tiff", "d.pdf", "e.avif", "f.dng", "g.txt", "h")
    assert found(tmp_path)[1] == {
        "HEIC": 2,
        "TIFF": 1,
        "PDF": 1,
        "AVIF": 1,
        "raw photo": 1,
        "other": 2,
    }


def test_a_folder_that_cannot_be_opened_is_counted(tmp_path: Path) -> None:
    files = PictureFiles()
    assert files.below(tmp_path / "gone") == []
    assert files.passed_over == {CLOSED_FOLDER: 1}


def test_where_heic_is_on_it_is_a_picture(tmp_path: Path, settings: Settings) -> None:
    settings.HEIC = True
    make(tmp_path, "a.heic", "b.HIF")
    assert found(tmp_path) == (["a.heic", "b.HIF"], {})


def test_the_sentence_names_each_kind_once(tmp_path: Path) -> None:
    make(tmp_path, "a.heic", "b.heic", "c.pdf")
    files = PictureFiles()
    files.below(tmp_path)
    assert files.sentence() == "Passed over in folders: 2 HEIC, 1 PDF."
    assert PictureFiles().sentence() == ""
