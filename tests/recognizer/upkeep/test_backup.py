import errno
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from recognizer.management import progress
from recognizer.models import DigitPrediction, FileRemoval, Owner, Upload
from recognizer.upkeep import backup
from recognizer.upkeep.backup import MANIFEST, BackupUnusable, DatabaseNotEmpty, back_up, restore
from recognizer.upkeep.sweep import sweep
from recognizer.upkeep.verification import verify_storage, whole_file
from recognizer.uploads.deletion import delete_uploads
from tests.faults.storages import FullStorage, use_storage
from tests.makers import PASSWORD, make_admin, make_upload, make_upload_row, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def silent(_what: str, _done: int, _total: int) -> None:
    pass


def backed_up(into: Path) -> Path:
    folder, _ = back_up(into, tell=silent)
    return folder


def lose_everything(settings: Settings, tmp_path: Path) -> None:
    """As on a new machine: an empty database and an empty folder."""
    call_command("flush", interactive=False, verbosity=0)
    settings.MEDIA_ROOT = tmp_path / "new-media"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A backup of two pictures, one of them a user's."""
    make_upload(Owner(user=make_user()))
    make_upload()
    return backed_up(tmp_path / "backups")


def test_everything_comes_back(folder: Path, settings: Settings, tmp_path: Path) -> None:
    before = list(Upload.objects.values())
    lose_everything(settings, tmp_path)
    restore(folder, tell=silent)
    assert list(Upload.objects.values()) == before
    assert set(DigitPrediction.objects.values_list("value", flat=True)) == {2, 4}
    assert verify_storage().whole == 2
    assert User.objects.get(username="ada").check_password(PASSWORD)


def test_rows_come_back_as_they_were_whatever_triggers_would_make_of_them(
    settings: Settings, tmp_path: Path
) -> None:
    make_upload()
    Upload.objects.update(sureness=0.125)
    folder = backed_up(tmp_path / "backups")
    lose_everything(settings, tmp_path)
    restore(folder, tell=silent)
    assert Upload.objects.get().sureness == 0.125


def test_triggers_work_again_after_restoring(
    folder: Path, settings: Settings, tmp_path: Path
) -> None:
    lose_everything(settings, tmp_path)
    restore(folder, tell=silent)
    Upload.objects.all().delete()
    assert FileRemoval.objects.count() == 2


def test_new_rows_get_numbers_of_their_own(settings: Settings, tmp_path: Path) -> None:
    checkers = Group.objects.create(name="checkers")
    make_user().groups.add(checkers)
    make_upload()
    folder = backed_up(tmp_path / "backups")
    lose_everything(settings, tmp_path)
    restore(folder, tell=silent)
    joan = make_user("joan")
    joan.groups.add(Group.objects.get())
    make_upload(Owner(user=joan))
    assert Upload.objects.count() == 2


def test_a_first_administrator_makes_way(folder: Path, settings: Settings, tmp_path: Path) -> None:
    lose_everything(settings, tmp_path)
    make_admin()
    restore(folder, tell=silent)
    assert User.objects.get().username == "ada"


def test_pictures_are_not_overwritten(folder: Path) -> None:
    with pytest.raises(DatabaseNotEmpty):
        restore(folder, tell=silent)
    assert Upload.objects.count() == 2


@pytest.mark.parametrize("others", ["a user", "two administrators"])
def test_accounts_are_not_overwritten(
    others: str, folder: Path, settings: Settings, tmp_path: Path
) -> None:
    lose_everything(settings, tmp_path)
    if others == "a user":
        make_user("joan")
    else:
        make_admin("joan")
        make_admin("grace")
    with pytest.raises(DatabaseNotEmpty):
        restore(folder, tell=silent)


def test_what_is_deleted_amid_a_backup_stays_deleted(settings: Settings, tmp_path: Path) -> None:
    older = [make_upload(), make_upload()]
    newest = make_upload()  # whose file is copied first

    def delete_the_others(what: str, done: int, _total: int) -> None:
        if (what, done) == ("files copied", 1):
            delete_uploads(older)

    folder, manifest = back_up(tmp_path / "backups", tell=delete_the_others)
    assert (len(manifest.deleted), manifest.lost) == (2, [])
    lose_everything(settings, tmp_path)
    restore(folder, tell=silent)
    assert verify_storage().is_sound
    assert Upload.objects.get() == newest


def test_what_is_given_amid_a_backup_is_not_half_in_it(settings: Settings, tmp_path: Path) -> None:
    make_upload()

    def give_another(what: str, _done: int, _total: int) -> None:
        if what == "files copied":
            make_upload()

    folder, _ = back_up(tmp_path / "backups", tell=give_another)
    lose_everything(settings, tmp_path)
    restore(folder, tell=silent)
    assert verify_storage().is_sound
    assert Upload.objects.count() == 1


def test_what_is_not_finished_yet_is_settled_after_restoring(
    settings: Settings, tmp_path: Path
) -> None:
    make_upload_row(stored=None, created=timezone.now() - timedelta(hours=1))
    folder = backed_up(tmp_path / "backups")
    lose_everything(settings, tmp_path)
    restore(folder, tell=silent)
    assert sweep(apply=True).given_up == 1


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
    restore(folder, tell=silent)
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
        return whole_file(name, sha256)

    monkeypatch.setattr(backup, "whole_file", fail_on_the_bad_one)
    _, manifest = back_up(tmp_path / "backups", tell=silent)
    assert manifest.lost == [str(bad.pk)]
    assert len(manifest.pictures) == 1


def test_a_database_that_fails_amid_a_table_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_tables", lambda: {"recognizer_nothing": "id"})
    with pytest.raises(CommandError, match="the database can't be used"):
        call_command("backup", str(tmp_path / "backups"))


@pytest.mark.parametrize("keep", ["-1", "99999999", "a month"])
def test_a_number_of_days_that_is_none_is_refused(keep: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no number of days"):
        call_command("backup", str(tmp_path), "--keep", keep)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["picture", "table", "picture gone", "manifest", "no manifest"])
def test_a_damaged_backup_changes_nothing(
    damage: str, folder: Path, settings: Settings, tmp_path: Path
) -> None:
    lose_everything(settings, tmp_path)
    picture = next(folder.glob("media/**/*.png"))
    match damage:
        case "picture":
            picture.write_bytes(picture.read_bytes()[:-1] + b"?")
        case "picture gone":
            picture.unlink()
        case "table":
            table = folder / "tables" / "recognizer_upload.csv.gz"
            table.write_bytes(table.read_bytes()[:-1])
        case "manifest":
            (folder / MANIFEST).write_text("{")
        case "no manifest":
            (folder / MANIFEST).unlink()
    with pytest.raises(BackupUnusable):
        restore(folder, tell=silent)
    assert not Upload.objects.exists()
    assert not (tmp_path / "new-media").exists()


@pytest.mark.parametrize("key", ["format", "migrations"])
def test_a_backup_of_another_version_is_refused(
    key: str, folder: Path, settings: Settings, tmp_path: Path
) -> None:
    lose_everything(settings, tmp_path)
    found = json.loads((folder / MANIFEST).read_text())
    other = {"format": 2, "migrations": [*found["migrations"], "recognizer.0999_future"]}
    (folder / MANIFEST).write_text(json.dumps(found | {key: other[key]}))
    with pytest.raises(BackupUnusable, match=r"version|format"):
        restore(folder, tell=silent)


def test_a_restoring_that_was_cut_off_can_be_repeated(
    folder: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_everything(settings, tmp_path)

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(backup, "_settle_what_has_no_file", cut_off)
        with pytest.raises(KeyboardInterrupt):
            restore(folder, tell=silent)
    assert not Upload.objects.exists()
    restore(folder, tell=silent)
    assert verify_storage().whole == 2
    assert not FileRemoval.objects.exists()


def test_a_full_disk_leaves_the_database_empty(
    folder: Path, settings: Settings, tmp_path: Path
) -> None:
    lose_everything(settings, tmp_path)
    use_storage(settings, FullStorage)
    with pytest.raises(CommandError, match="No space left"):
        call_command("restore", str(folder), stdout=StringIO())
    assert not Upload.objects.exists()


def test_only_its_owner_can_read_a_backup(folder: Path) -> None:
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


def test_commands_tell_what_they_did(folder: Path, settings: Settings, tmp_path: Path) -> None:
    lose_everything(settings, tmp_path)
    told = StringIO()
    call_command("restore", str(folder), stdout=told)
    call_command("backup", str(tmp_path / "others"), stdout=told)
    assert "restored and compared: rows: " in told.getvalue()
    assert told.getvalue().count("pictures: 2") == 2


def test_a_database_without_tables_is_told_as_such(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_applied_migrations", list)
    with pytest.raises(BackupUnusable, match="migrate"):
        restore(folder, tell=silent)


def test_what_takes_longer_is_told(
    folder: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0)
    told = StringIO()
    call_command("backup", str(tmp_path / "others"), stdout=told)
    lose_everything(settings, tmp_path)
    call_command("restore", str(folder), stdout=told)
    for what in ("files copied", "files checked", "files restored", "files compared"):
        assert f"{what}: 2 of" in told.getvalue()
