import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations import AddIndex
from django.utils import timezone
from pytest_django import Settings

from recognizer.management import progress
from recognizer.models import (
    BatchSource,
    DigitPrediction,
    FileRemoval,
    ModelVersion,
    Owner,
    Prediction,
    Upload,
)
from recognizer.upkeep import backup, restoring
from recognizer.upkeep.backup_format import MANIFEST, applied_migrations
from recognizer.upkeep.earlier_tables import tables_as_of
from recognizer.upkeep.restoring import (
    BackupUnusable,
    DatabaseNotEmpty,
    RestoreFailed,
    restore,
)
from recognizer.upkeep.sweep import sweep
from recognizer.upkeep.verification import verify_storage
from tests.faults.storages import FullStorage, use_storage
from tests.makers import PASSWORD, make_admin, make_upload, make_upload_row, make_user
from tests.recognizer.upkeep.backups import backed_up, lose_everything, silent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A backup of two pictures, one of them a user's."""
    make_upload(Owner(user=make_user()))
    make_upload()
    return backed_up(tmp_path / "backups")


def test_everything_comes_back(folder: Path, settings: Settings, tmp_path: Path) -> None:
    before = list(Upload.objects.values())
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    assert list(Upload.objects.values()) == before
    assert set(DigitPrediction.objects.values_list("value", flat=True)) == {2, 4}
    assert verify_storage().whole == 2
    assert User.objects.get(username="ada").check_password(PASSWORD)


def test_what_is_written_comes_back(settings: Settings, tmp_path: Path) -> None:
    make_upload()
    Prediction.objects.update(written="4.2", written_confidence=0.75)
    folder = backed_up(tmp_path / "backups")
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    assert Prediction.objects.filter(written="4.2", written_confidence=0.75).exists()


def test_rows_come_back_as_they_were_whatever_triggers_would_make_of_them(
    settings: Settings, tmp_path: Path
) -> None:
    make_upload()
    Upload.objects.update(confidence=0.125)
    folder = backed_up(tmp_path / "backups")
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    assert Upload.objects.get().confidence == 0.125


def test_triggers_work_again_after_restoring(
    folder: Path, settings: Settings, tmp_path: Path
) -> None:
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    Upload.objects.all().delete()
    assert FileRemoval.objects.count() == 2


def test_new_rows_get_numbers_of_their_own(settings: Settings, tmp_path: Path) -> None:
    checkers = Group.objects.create(name="checkers")
    make_user().groups.add(checkers)
    make_upload()
    folder = backed_up(tmp_path / "backups")
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    joan = make_user("joan")
    joan.groups.add(Group.objects.get())
    make_upload(Owner(user=joan))
    assert Upload.objects.count() == 2


def test_a_first_administrator_makes_way(folder: Path, settings: Settings, tmp_path: Path) -> None:
    lose_everything(settings, tmp_path)
    make_admin()
    restore(folder, report=silent)
    assert User.objects.get().username == "ada"


def test_pictures_are_not_overwritten(folder: Path) -> None:
    with pytest.raises(DatabaseNotEmpty):
        restore(folder, report=silent)
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
        restore(folder, report=silent)


def test_what_is_not_finished_yet_is_settled_after_restoring(
    settings: Settings, tmp_path: Path
) -> None:
    make_upload_row(stored=None, created=timezone.now() - timedelta(hours=1))
    folder = backed_up(tmp_path / "backups")
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    assert sweep(apply=True).given_up == 1


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
        restore(folder, report=silent)
    assert not Upload.objects.exists()
    assert not (tmp_path / "new-media").exists()


@pytest.mark.parametrize("key", ["format", "migrations"])
def test_a_backup_of_a_newer_version_is_refused(
    key: str, folder: Path, settings: Settings, tmp_path: Path
) -> None:
    lose_everything(settings, tmp_path)
    found = json.loads((folder / MANIFEST).read_text())
    other = {"format": 2, "migrations": [*found["migrations"], "recognizer.0999_future"]}
    (folder / MANIFEST).write_text(json.dumps(found | {key: other[key]}))
    with pytest.raises(BackupUnusable, match=r"version|format"):
        restore(folder, report=silent)


def test_a_restoring_that_was_cut_off_can_be_repeated(
    folder: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_everything(settings, tmp_path)

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_settle_what_has_no_file", cut_off)
        with pytest.raises(KeyboardInterrupt):
            restore(folder, report=silent)
    assert not Upload.objects.exists()
    restore(folder, report=silent)
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


def test_commands_tell_what_they_did(folder: Path, settings: Settings, tmp_path: Path) -> None:
    lose_everything(settings, tmp_path)
    output = StringIO()
    call_command("restore", str(folder), stdout=output)
    call_command("backup", str(tmp_path / "others"), stdout=output)
    assert "restored and compared: rows: " in output.getvalue()
    assert output.getvalue().count("pictures: 2") == 2


def test_a_database_without_tables_is_told_as_such(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "applied_migrations", list)
    with pytest.raises(BackupUnusable, match="migrate"):
        restore(folder, report=silent)


def test_what_takes_longer_is_told(
    folder: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0)
    output = StringIO()
    call_command("backup", str(tmp_path / "others"), stdout=output)
    lose_everything(settings, tmp_path)
    call_command("restore", str(folder), stdout=output)
    for what in ("files copied", "files checked", "files restored", "files compared"):
        assert f"{what}: 2 of" in output.getvalue()


NEWER = [
    "recognizer.0010_unread_and_promotions",
    "recognizer.0011_as_written",
    "recognizer.0012_verified_as_written",
    "recognizer.0013_more_writing",
    "recognizer.0014_batches",
    "recognizer.0015_checks",
    "recognizer.0016_estimates",
    "recognizer.0017_checking_pages",
]


def before_newer() -> list[str]:
    """The migrations of the version before the newer ones, which had no queue of jobs either."""
    return [
        each
        for each in applied_migrations()
        if each not in NEWER and not each.startswith("django_q.")
    ]


@pytest.fixture
def earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup of two pictures that the version before the newer migrations made."""
    monkeypatch.setattr(backup, "waiting_sources", BatchSource.objects.none)  # it had no batches
    make_upload(Owner(user=make_user()))
    make_upload()
    with tables_as_of(before_newer()):
        return backed_up(tmp_path / "backups")


def test_a_backup_of_an_earlier_version_comes_back_and_is_brought_up_to_date(
    earlier: Path, settings: Settings, tmp_path: Path
) -> None:
    before, applied = list(Upload.objects.values()), applied_migrations()
    backed_up_after = json.loads((earlier / MANIFEST).read_text())["migrations"]
    assert set(NEWER) < set(applied) - set(backed_up_after)
    lose_everything(settings, tmp_path)
    restore(earlier, report=silent)
    assert list(Upload.objects.values()) == before
    assert applied_migrations() == applied
    assert ModelVersion.objects.get().promoted_automatically is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_indexes WHERE indexname = 'upload_not_read'")
        assert cursor.fetchone()
    assert {each.as_written for each in Prediction.objects.filter(written="")} == {"42"}


def test_tables_go_back_where_letters_were_seen() -> None:
    make_upload_row(state="not_digits", read={"reason": "letters"})
    with tables_as_of(before_newer()):
        pass
    assert Prediction.objects.get().reason == ""


def test_tables_that_can_t_go_back_are_named(
    earlier: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_everything(settings, tmp_path)
    monkeypatch.setattr(AddIndex, "reversible", False)
    with pytest.raises(BackupUnusable, match=rf"earlier version.*{NEWER[0]}\.$"):
        restore(earlier, report=silent)
    assert not Upload.objects.exists()


def test_an_earlier_backup_that_can_t_be_restored_leaves_the_tables_up_to_date(
    earlier: Path, settings: Settings, tmp_path: Path
) -> None:
    applied = applied_migrations()
    found = json.loads((earlier / MANIFEST).read_text())
    found["rows"]["recognizer_upload"] += 1
    (earlier / MANIFEST).write_text(json.dumps(found))
    lose_everything(settings, tmp_path)
    with pytest.raises(RestoreFailed):
        restore(earlier, report=silent)
    assert applied_migrations() == applied
