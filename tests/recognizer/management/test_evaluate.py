import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.makers import blank_png, digits_png


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "meters"
    folder.mkdir()
    for name, data in {
        "right.png": digits_png("42"),
        "wrong.png": digits_png("17"),
        "blank.png": blank_png(),
        "damaged.png": digits_png("1")[:200],
    }.items():
        (folder / name).write_bytes(data)
    rows = ["right.png,42,ada", "wrong.png,99,ada", "blank.png,,bob", "damaged.png,1,bob"]
    (folder / "labels.csv").write_text("\n".join(["file,digits,source", *rows]))
    return folder


def test_it_prints_a_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("evaluate", folder)
    assert "| meters | 2 of 4, 50.0 % |" in capsys.readouterr().out


def test_it_writes_report_measures_and_mistakes(folder: Path, tmp_path: Path) -> None:
    call_command("evaluate", folder, output=tmp_path / "report")
    measured = json.loads((tmp_path / "report" / "quality.json").read_text())
    assert measured["sets"][0]["exact"] == 2
    assert (tmp_path / "report" / "quality.md").read_text().startswith("# How well it reads")
    assert (tmp_path / "report" / "meters-mistakes.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_without_labels_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"has no labels\.csv"):
        call_command("evaluate", tmp_path)
