import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from pytest_django import Settings

from digitrec.settings import BASE_DIR
from mlmodel.artifact.directory import read_card
from mlmodel.artifact.versions import choose
from mlmodel.model import SHIPPED_DIR
from recognizer.model_versions import active_model
from recognizer.models import Upload
from recognizer.uploads import reading
from recognizer.uploads.reading import MAX_POSSIBILITIES
from tests.makers import (
    blank_png,
    digits_image,
    digits_png,
    encoded,
    letter_png,
    make_admin,
    make_user,
    photo_jpeg,
)
from tests.recognizer.readers import let_it_see
from tests.unforced import refusing_folders

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures in a folder and in one below it, and a file that is no picture."""
    (tmp_path / "pictures" / "more").mkdir(parents=True)
    (tmp_path / "pictures" / "a.png").write_bytes(digits_png("42"))
    (tmp_path / "pictures" / "more" / "b.JPG").write_bytes(photo_jpeg("17", orientation=6))
    (tmp_path / "pictures" / "notes.txt").write_text("42")
    return tmp_path / "pictures"


def picture(tmp_path: Path, data: bytes, name: str = "picture.png") -> str:
    (tmp_path / name).write_bytes(data)
    return str(tmp_path / name)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("recognize", *arguments, stdout=out)
    return out.getvalue()


def run_failing(*arguments: str) -> tuple[str, str]:
    """The output and the error of a run that fails."""
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("recognize", *arguments, stdout=out)
    assert failed.value.returncode == 1
    return out.getvalue(), str(failed.value)


def answers(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def test_a_line_of_json_tells_everything(tmp_path: Path) -> None:
    path = picture(tmp_path, digits_png("42|7"))
    (answer,) = answers(run(path, "--json"))
    assert list(answer) == [
        "file",
        "state",
        "reason",
        "explanation",
        "text",
        "written",
        "confidence",
        "written_confidence",
        "possibilities",
        "digits",
        "passed_over",
        "model",
        "milliseconds",
        "more_frames",
    ]
    assert (answer["file"], answer["state"], answer["text"]) == (path, "read", "42|7")
    assert 0.9 < answer["confidence"] <= 1
    assert answer["model"] == read_card(SHIPPED_DIR).name
    assert answer["milliseconds"] > 0


def test_a_line_of_json_tells_of_every_digit(tmp_path: Path) -> None:
    (answer,) = answers(run(picture(tmp_path, digits_png("42|7")), "--json"))
    digit = answer["digits"][2]
    assert set(digit) == {"value", "confidence", "box", "line", "alternatives"}
    assert (digit["value"], digit["line"]) == (7, 1)
    assert [set(other) for other in digit["alternatives"]] == [{"value", "probability"}] * 3
    assert len(digit["box"]) == 4


def test_a_line_of_json_tells_the_likeliest_texts(tmp_path: Path) -> None:
    (answer,) = answers(run(picture(tmp_path, digits_png("42|7")), "--json"))
    likeliest, *others = answer["possibilities"]
    assert likeliest["text"] == "42|7"
    assert likeliest["probability"] >= answer["confidence"] - 1e-6
    assert 0 < len(others) < MAX_POSSIBILITIES


def test_where_there_is_nothing_to_read_the_text_is_empty(tmp_path: Path) -> None:
    (answer,) = answers(run(picture(tmp_path, blank_png()), "--json"))
    assert (answer["state"], answer["text"], answer["confidence"]) == ("nothing", "", None)
    assert answer["digits"] == []


def test_without_json_it_prints_for_people(tmp_path: Path) -> None:
    path = picture(tmp_path, digits_png("42"))
    blank = picture(tmp_path, blank_png(), "blank.png")
    letter = picture(tmp_path, letter_png(), "letter.png")
    read, nothing, refused = run(path, blank, letter).splitlines()
    assert read.startswith(f"{path}: 42  ")
    assert read.endswith("%")
    assert nothing == f"{blank}: no writing"
    assert refused.startswith(f"{letter}: This looks like letters, not digits.")


def test_a_doubtful_text_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = active_model.model()
    unsure = replace(model.card, reading=replace(model.card.reading, sure_from=1.1))
    monkeypatch.setattr(model, "card", unsure)
    assert run(picture(tmp_path, digits_png("42"))).endswith("  doubtful\n")


def test_signs_stand_behind_the_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = picture(tmp_path, digits_png("42"))
    let_it_see(monkeypatch, written="-4.2")
    assert run(path).endswith("%  as written: -4.2\n")
    let_it_see(monkeypatch, written="-4.2", written_confidence=0.75)
    assert run(path).endswith("%  as written: -4.2  75.0%\n")


def test_folders_are_read_with_everything_below_them(folder: Path) -> None:
    read = {answer["file"]: answer["text"] for answer in answers(run(str(folder), "--json"))}
    assert read == {str(folder / "a.png"): "42", str(folder / "more" / "b.JPG"): "17"}


def test_what_a_folder_holds_besides_is_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("1.heic", "2.HEIC", "3.tif", "more/4.pdf", "more/5.docx"):
        (folder / name).write_bytes(b"x")
    call_command("recognize", str(folder))
    told = capsys.readouterr()
    assert told.err == "Passed over in folders: 2 HEIC, 1 PDF, 1 TIFF, 2 other.\n"
    assert told.out.count("\n") == 2


def test_what_is_passed_over_is_told_even_if_nothing_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"x")
    run_failing(str(tmp_path))
    assert "1 PDF" in capsys.readouterr().err


def test_the_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = picture(tmp_path, digits_png("17"))
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(digits_png("42"))))
    answer, other = answers(run("-", path, "--json"))
    assert (answer["file"], answer["text"], other["text"]) == ("-", "42", "17")


def test_an_endless_standard_input_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/zero").open() as endless:
        monkeypatch.setattr(sys, "stdin", endless)
        assert "larger than 10 MB" in run_failing("-")[0]


def test_what_came_by_the_standard_input_is_kept_without_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_admin()
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(digits_png("42"))))
    run("-", "--save")
    assert Upload.objects.get().original_name == ""


def test_a_file_called_like_the_standard_input_can_be_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    picture(tmp_path, digits_png("42"), "-")
    monkeypatch.chdir(tmp_path)
    assert answers(run("./-", "--json"))[0]["text"] == "42"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "shift_jis", "utf-8"])
def test_a_terminal_that_cannot_show_a_name_gets_another(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "compteur-\N{LATIN SMALL LETTER E WITH ACUTE}-\u6c34-\U0001f4f7.png").write_bytes(
        digits_png("42")
    )
    out = TextIOWrapper(BytesIO(), encoding=encoding)
    call_command("recognize", str(tmp_path), stdout=out)
    assert out.buffer.getvalue().decode(encoding).count(": 42  ") == 1


def test_a_name_gives_a_terminal_no_orders(tmp_path: Path) -> None:
    printed = run(picture(tmp_path, digits_png("42"), "a\n\x1b[31mb.png"))
    assert "a\\n\\x1b[31mb.png: 42" in printed
    assert printed.count("\n") == 1


@pytest.mark.parametrize("save", [(), ("--save",)])
def test_further_frames_are_told(tmp_path: Path, save: tuple[str, ...]) -> None:
    make_admin()
    blank, written = digits_image("42").point(lambda _: 255), digits_image("42")
    data = encoded(blank, "GIF", save_all=True, append_images=[written])
    path = picture(tmp_path, data, "a.gif")
    assert answers(run(path, "--json", *save))[0]["more_frames"]
    printed = run(path, *save)
    assert ": 42  " in printed
    assert printed.endswith("  more frames: only the first one with writing was read\n")


def test_a_file_that_is_named_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    path = picture(tmp_path, digits_png("42"), "without-suffix")
    assert answers(run(path, "--json"))[0]["text"] == "42"


def test_a_folder_without_pictures_is_an_error(tmp_path: Path) -> None:
    assert run_failing(str(tmp_path)) == ("", "There are no pictures in the folders given.")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"hello", "This is not a picture"),
        (b"", "This file is empty"),
        (digits_png()[:200], "This picture is damaged"),
    ],
)
def test_a_bad_file_is_told_and_the_others_are_read(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    good, bad = picture(tmp_path, digits_png("42")), picture(tmp_path, data, "bad.png")
    printed, last_word = run_failing(bad, good, "--json")
    failed, read = answers(printed)
    assert (failed["file"], failed["state"], failed["text"]) == (bad, "failed", "")
    assert failed.keys() == read.keys()
    assert failed["reason"].startswith(reason)
    assert read["text"] == "42"
    assert last_word == "1 of 2 files could not be read."


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    printed, _ = run_failing(str(tmp_path / "missing.png"))
    assert printed == f"{tmp_path / 'missing.png'}: No such file or directory\n"


def test_an_endless_file_is_too_large() -> None:
    printed, _ = run_failing("/dev/zero", "--json")
    assert answers(printed)[0]["reason"].startswith("This file is larger than 10 MB.")


def test_a_name_that_is_no_text_does_no_harm(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png")
    Path(path).write_bytes(digits_png("42"))
    assert answers(run(path, "--json"))[0]["file"] == path
    run(path).encode()


def test_a_picture_beyond_the_reader_does_not_end_the_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_args: object, **_options: object) -> None:
        raise ValueError("no such shape")

    monkeypatch.setattr(reading, "read", read)
    printed, last_word = run_failing(str(folder))
    assert printed.count("The reader could not cope with this picture.") == 2
    assert last_word == "2 of 2 files could not be read."


def test_without_a_model_it_says_so(settings: Settings, folder: Path, tmp_path: Path) -> None:
    settings.MODEL_DIR = tmp_path / "models"
    choose("f" * 64, tmp_path / "models")
    with connection.execute_wrapper(refuse):
        assert "The model ffffffffffff is not in" in run_failing(str(folder))[1]


def test_without_a_database_it_reads(folder: Path) -> None:
    with connection.execute_wrapper(refuse):
        assert "42" in run(str(folder))


def refuse(*_query: object) -> None:
    raise OperationalError("connection refused")


@pytest.mark.django_db
def test_nothing_is_kept_unless_asked_for(folder: Path, media: Path) -> None:
    run(str(folder))
    assert not Upload.objects.exists()
    assert not media.exists()


@pytest.mark.django_db
def test_save_keeps_what_was_read(folder: Path) -> None:
    admin = make_admin()
    first, _ = answers(run(str(folder), "--save", "--json"))
    upload = Upload.objects.get(pk=first["upload"])
    assert (upload.user, upload.original_name) == (admin, "a.png")
    assert upload.predictions.get().text == first["text"] == "42"
    assert Upload.objects.count() == 2


def test_save_works_where_names_cannot_be_forced_to_the_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_admin()
    monkeypatch.setattr(os, "fsync", refusing_folders(errno.EINVAL))
    run(str(folder), "--save")
    assert Upload.objects.exclude(stored=None).exists()


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_why_nothing_could_be_saved_is_told_as_the_disk_said_it(
    number: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_admin()
    monkeypatch.setattr(os, "fsync", refusing_folders(number))
    _, told = run_failing(str(folder), "--save")
    assert told == f"The pictures can't be stored: [Errno {number}] {os.strerror(number)}"


def test_saved_and_unsaved_readings_are_told_alike(folder: Path) -> None:
    make_admin()
    for saved, unsaved in zip(
        answers(run(str(folder), "--save", "--json")),
        answers(run(str(folder), "--json")),
        strict=True,
    ):
        assert saved.keys() - unsaved.keys() == {"upload"}
        assert saved["digits"][0]["box"] == unsaved["digits"][0]["box"]
        assert saved["text"] == unsaved["text"]
        assert saved["written"] == unsaved["written"] == saved["text"]
        assert saved["possibilities"] == unsaved["possibilities"]


@pytest.mark.django_db
def test_save_keeps_for_whom_it_is_told(folder: Path) -> None:
    make_admin()
    ada = make_user("ada")
    run(str(folder), "--save", "--owner", "ada")
    assert {upload.user for upload in Upload.objects.all()} == {ada}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [((), "There is no administrator yet"), (("--owner", "eve"), "There is no user 'eve'.")],
)
def test_save_needs_an_owner(folder: Path, arguments: tuple[str, ...], reason: str) -> None:
    assert run_failing(str(folder), "--save", *arguments)[1].startswith(reason)


@pytest.mark.django_db
def test_a_bad_file_is_not_kept(tmp_path: Path) -> None:
    make_admin()
    printed, _ = run_failing(picture(tmp_path, b"hello"), "--save", "--json")
    assert answers(printed)[0]["state"] == "failed"
    assert not Upload.objects.exists()


def run_without_database(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, whose database does not answer."""
    return subprocess.run(
        [sys.executable, BASE_DIR / "manage.py", "recognize", *arguments],
        env=os.environ | {"DATABASE_URL": "postgres://localhost:1/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_save_no_database_is_needed(folder: Path) -> None:
    answer = run_without_database(str(folder))
    assert (answer.returncode, answer.stdout.count("\n")) == (0, 2)


def test_a_database_that_is_down_is_told_in_one_line(folder: Path) -> None:
    answer = run_without_database(str(folder), "--save")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.startswith("CommandError: --save needs the database: ")
    assert len(answer.stderr.splitlines()) == 1
