import json
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from mlmodel.evaluation import made_up
from mlmodel.evaluation.answers import from_json
from mlmodel.evaluation.cost import PAGE_LINES, STRIP_DIGITS
from mlmodel.mnist.data import Mnist, load_mnist
from recognizer.management.commands import evaluate
from tests.makers import blank_png, decoded, digits_png
from tests.mlmodel.evaluation.answers import COST

pytestmark = pytest.mark.django_db

SAMPLES = STRIP_DIGITS * PAGE_LINES
PLOTS_MODULE = "mlmodel.evaluation.plots"


@pytest.fixture(autouse=True)
def few_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use few training samples as the test set, which has 10,000 and is for measuring alone."""
    monkeypatch.setattr(made_up, "MADE_UP_PICTURES", 2)
    training = load_mnist().training.first(SAMPLES)
    monkeypatch.setattr(evaluate, "load_mnist", lambda: Mnist(training, training, ""))


@pytest.fixture
def known_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip measuring the cost, which takes seconds."""
    monkeypatch.setattr(evaluate, "measure_cost", lambda *_: COST)


@pytest.fixture
def meters(tmp_path: Path) -> Path:
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


def measured(output: Path) -> Any:
    return json.loads((output / "quality.json").read_text())


@pytest.mark.usefixtures("known_cost")
def test_it_prints_a_report(meters: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("evaluate", meters)
    assert "| meters, exact | 2 of 4, 50.0 % |" in capsys.readouterr().out


@pytest.mark.usefixtures("known_cost")
def test_mnist_is_measured_first_whatever_else_is(meters: Path, tmp_path: Path) -> None:
    call_command("evaluate", meters, output=tmp_path / "report")
    mnist, _, other = measured(tmp_path / "report")["sets"]
    assert (mnist["name"], mnist["pictures"], other["name"]) == ("mnist", SAMPLES, "meters")
    assert mnist["exact"]["hits"] > 0.9 * SAMPLES


@pytest.mark.usefixtures("known_cost")
def test_it_writes_report_plots_and_mistakes(meters: Path, tmp_path: Path) -> None:
    output = tmp_path / "new" / "report"
    call_command("evaluate", meters, output=output)
    report = (output / "quality.md").read_text()
    assert report.startswith("# How well it reads")
    for name, picture_format in {
        "plots.png": "PNG",
        "mnist-mistakes.jpg": "JPEG",
        "meters-mistakes.jpg": "JPEG",
    }.items():
        assert f"]({name})" in report
        assert decoded((output / name).read_bytes()).format == picture_format


@pytest.mark.usefixtures("known_cost")
def test_it_writes_how_sure_and_how_right_each_answer_is(meters: Path, tmp_path: Path) -> None:
    call_command("evaluate", meters, output=tmp_path / "report")
    _, right = from_json((tmp_path / "report" / "answers.json").read_text())["meters"]
    assert sorted(right.tolist()) == [False, False, True]  # nothing was written on the blank one


@pytest.mark.usefixtures("known_cost")
def test_pictures_that_must_not_go_on_can_be_left_out(meters: Path, tmp_path: Path) -> None:
    call_command("evaluate", meters, output=tmp_path / "report", no_sheets=True)
    sheets = [path.name for path in (tmp_path / "report").glob("*-mistakes.jpg")]
    assert sheets == ["mnist-mistakes.jpg"]
    assert "meters-mistakes" not in (tmp_path / "report" / "quality.md").read_text()


@pytest.mark.usefixtures("known_cost")
def test_without_matplotlib_there_are_no_plots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = [name for name in sys.modules if name.startswith(("matplotlib", PLOTS_MODULE))]
    for name in loaded:
        monkeypatch.delitem(sys.modules, name)
    elsewhere = [place for place in sys.path if not place.endswith("site-packages")]
    monkeypatch.setattr(sys, "path", elsewhere)
    call_command("evaluate", output=tmp_path)
    told = "matplotlib is not installed: plots need all of requirements.txt.\n"
    assert capsys.readouterr().err == told
    assert "plots.png" not in (tmp_path / "quality.md").read_text()


@pytest.mark.usefixtures("known_cost")
def test_a_file_that_is_no_archive_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "writers.tsv.gz").write_bytes(b"writers")
    with ZipFile(tmp_path / "letters.zip", "w") as archive:
        archive.writestr("blank.png", blank_png())
    call_command("evaluate", tmp_path / "writers.tsv.gz", tmp_path / "letters.zip")
    printed = capsys.readouterr()
    assert printed.err == f"{tmp_path}/writers.tsv.gz is no ZIP archive. It is left out.\n"
    assert "| letters, exact | 1 of 1, 100.0 % |" in printed.out


def test_it_measures_what_reading_costs(tmp_path: Path) -> None:
    call_command("evaluate", output=tmp_path)
    cost = measured(tmp_path)["cost"]
    assert 0 < cost["digit_milliseconds"] < cost["page_milliseconds"]


def test_a_folder_without_labels_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"has no labels\.csv"):
        call_command("evaluate", tmp_path)


def test_two_sets_of_one_name_are_refused(meters: Path) -> None:
    with pytest.raises(CommandError, match="2 of the sets are called meters"):
        call_command("evaluate", meters, meters)


def test_a_folder_that_can_not_be_made_is_said_before_anything_is_read(meters: Path) -> None:
    with pytest.raises(CommandError, match="Not a directory"):
        call_command("evaluate", meters, output=meters / "right.png" / "report")
