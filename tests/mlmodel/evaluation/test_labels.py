from pathlib import Path

import pytest

from mlmodel.data import DataDamaged, DataMissing
from mlmodel.evaluation.labels import labelled_pictures


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
    assert pictures[0].path == tmp_path / "a.png"


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
