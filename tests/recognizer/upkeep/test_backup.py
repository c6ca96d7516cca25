import errno
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from recognizer.models import Upload
from recognizer.upkeep import backup
from recognizer.upkeep.backup import back_up
from recognizer.upkeep.restoring import restore
from recognizer.upkeep.verification import read_if_whole, verify_storage
from recognizer.uploads.deletion import delete_uploads
from tests.makers import make_upload
from tests.recognizer.upkeep.backups import backed_up, lose_everything, silent
from tests.unforced import refusing_folders

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_deleted_amid_a_backup_stays_deleted(settings: Settings, tmp_path: Path) -> None:
    older = [make_upload(), make_upload()]
    newest = make_upload()  # whose file is copied first

    def delete_the_others(what: str, done: int, _total: int) -> None:
        if (what, done) == ("files copied", 1):
            delete_uploads(older)

    folder, manifest = back_up(tmp_path / "backups", report=delete_the_others)
    assert (len(manifest.deleted), manifest.lost) == (2, [])
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    assert verify_storage().is_sound
    assert Upload.objects.get() == newest


def test_a_backup_is_written_where_names_cannot_be_forced_to_the_disk(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", refusing_folders(errno.ENOTSUP))
    make_upload()
    folder, manifest = back_up(tmp_path / "backups", report=silent)
    assert len(manifest.pictures) == 1
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    assert verify_storage().is_sound


def test_what_is_given_amid_a_backup_is_not_half_in_it(settings: Settings, tmp_path: Path) -> None:
    make_upload()

    def give_another(what: str, _done: int, _total: int) -> None:
        if what == "files copied":
            make_upload()

    folder, _ = back_up(tmp_path / "backups", report=give_another)
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    assert verify_storage().is_sound
    assert Upload.objects.count() == 1


def test_a_lost_picture_is_told_and_keeps_nothing_else_from_being_saved(
    settings: Settings, tmp_path: Path, media: Path
) -> None:
    whole, lost = make_upload(), make_upload()
    (media / str(lost.file.name)).unlink()
    with time_machine.travel(timezone.now() - timedelta(days=31), tick=False):
        older = backed_up(tmp_path / "backups")
    with pytest.raises(CommandError, match="no whole file any more: 1"):
        call_command("backup", str(tmp_path / "backups"), stdout=StringIO())
    (folder,) = set((tmp_path / "backups").iterdir()) - {older}
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    assert Upload.objects.get(pk=whole.pk).stored
    assert Upload.objects.get(pk=lost.pk).given_up


def test_a_picture_that_cannot_be_read_keeps_no_other_from_being_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_upload()
    bad = make_upload()

    def fail_on_the_bad_one(name: str, sha256: str) -> bytes | None:
        if name == bad.file.name:
            raise OSError(errno.EIO, "Input/output error")
        return read_if_whole(name, sha256)

    monkeypatch.setattr(backup, "read_if_whole", fail_on_the_bad_one)
    _, manifest = back_up(tmp_path / "backups", report=silent)
    assert manifest.lost == [str(bad.pk)]
    assert len(manifest.pictures) == 1


def test_a_database_that_fails_amid_a_table_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "tables", lambda: {"recognizer_nothing": "id"})
    with pytest.raises(CommandError, match="the database can't be used"):
        call_command("backup", str(tmp_path / "backups"))


@pytest.mark.parametrize("keep", ["-1", "99999999", "a month"])
def test_a_number_of_days_that_is_none_is_refused(keep: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no number of days"):
        call_command("backup", str(tmp_path), "--keep", keep)
    assert list(tmp_path.iterdir()) == []


def test_only_its_owner_can_read_a_backup(tmp_path: Path) -> None:
    make_upload()
    folder = backed_up(tmp_path / "backups")
    paths = [folder, *folder.rglob("*")]
    assert {path.stat().st_mode & 0o077 for path in paths} == {0}


def test_a_backup_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_upload()

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(backup, "_write_file", fail)
    with pytest.raises(CommandError, match="No backup was written"):
        call_command("backup", str(tmp_path / "backups"))
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.parametrize(("keep", "left"), [(30, 2), (0, 3)])
def test_old_backups_age_out(keep: int, left: int, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    for days in (31, 29, 0):
        with time_machine.travel(timezone.now() - timedelta(days=days), tick=False):
            call_command("backup", str(tmp_path), keep=keep, stdout=StringIO())
    assert len(list(tmp_path.glob("digitrec-*"))) == left
    assert (tmp_path / "other").exists()
