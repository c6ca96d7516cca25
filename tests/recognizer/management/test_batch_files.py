"""Which files on the server a batch is made from."""

import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import Settings

from recognizer.management.batch_files import HIDDEN, LINK_OUT, NO_FILE, BatchFiles, NoSuchFiles
from recognizer.refusals import FileTooLarge

# A storage asks for the pictures that it should hold.
pytestmark = pytest.mark.django_db


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def found(place: Path | str) -> tuple[list[str], dict[str, int]]:
    files = BatchFiles()
    names = [file.name for file in files.at(str(place))]
    return names, dict(files.passed_over)


def test_two_comes_before_ten_in_every_folder(tmp_path: Path) -> None:
    make(tmp_path, "page 10.png", "page 2.png", "9/1.png", "10/1.png", "Page 3.png")
    assert found(tmp_path)[0] == ["9/1.png", "10/1.png", "page 2.png", "Page 3.png", "page 10.png"]


def test_equal_numbers_have_one_order(tmp_path: Path) -> None:
    make(tmp_path, "1.png", "01.png", "001.png")
    assert found(tmp_path)[0] == ["001.png", "01.png", "1.png"]


def test_what_is_no_picture_is_given_so_that_it_gets_an_answer(tmp_path: Path) -> None:
    make(tmp_path, "a.png", "notes.txt", "scan", "b.zip")
    assert found(tmp_path) == (["a.png", "b.zip", "notes.txt", "scan"], {})


@pytest.mark.parametrize("name", [".hidden.png", ".git/a.png", "__MACOSX/a.png", "Thumbs.db"])
def test_hidden_files_are_passed_over_with_a_word(tmp_path: Path, name: str) -> None:
    make(tmp_path, "a.png", name)
    assert found(tmp_path) == (["a.png"], {HIDDEN: 1})


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    make(tmp_path, "outside/secret.png", "inside/a.png")
    (tmp_path / "inside" / "link.png").symlink_to(tmp_path / "outside" / "secret.png")
    (tmp_path / "inside" / "folder").symlink_to(tmp_path / "outside")
    assert found(tmp_path / "inside") == (["a.png"], {LINK_OUT: 2})


def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "a.png")
    os.mkfifo(tmp_path / "pipe")
    assert found(tmp_path) == (["a.png"], {NO_FILE: 1})


def test_one_file_may_be_named(tmp_path: Path) -> None:
    make(tmp_path, "scans.zip")
    assert found(tmp_path / "scans.zip") == (["scans.zip"], {})


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    make(tmp_path, ".hidden.png")
    with pytest.raises(NoSuchFiles, match=r"There are no files.*hidden"):
        found(tmp_path)


def test_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFiles, match="neither a file nor a folder"):
        found(tmp_path / "missing")


def test_files_of_the_storage_are_found_by_their_prefix() -> None:
    for name in ("scans/may/10.png", "scans/may/2.png", "scans/june/1.png", "scans/may/.part"):
        default_storage.save(name, ContentFile(b"x"))
    assert found("storage:scans/may/") == (["2.png", "10.png"], {HIDDEN: 1})
    with BatchFiles().at("storage:scans/may")[0].open() as file:
        assert file.read() == b"x"


@pytest.mark.parametrize("prefix", ["", "/", "uploads/", "sources", "quarantine/2026-11-29", "../"])
def test_others_pictures_are_no_files_for_a_batch(prefix: str) -> None:
    with pytest.raises(NoSuchFiles):
        found(f"storage:{prefix}")


def test_too_large_a_file_is_not_fetched(settings: Settings) -> None:
    default_storage.save("scans/a.png", ContentFile(b"x"))
    settings.BATCH_FILE_MEGABYTES = 0
    with pytest.raises(FileTooLarge):
        BatchFiles().at("storage:scans")[0].open()


def test_long_names_have_keys_of_their_own(tmp_path: Path) -> None:
    names = [f"{'x' * 200}/{'y' * 200}{number}.png" for number in (1, 2)]
    make(tmp_path, *names)
    keys = {file.key for file in BatchFiles().at(str(tmp_path))}
    assert len(keys) == 2
    assert max(map(len, keys)) <= 100
