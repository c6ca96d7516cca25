import hashlib
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from recognizer.models import FileRemoval, Upload
from recognizer.storage.disk import DurableFileStorage
from recognizer.upkeep import _SWEEP_LOCK, SweepRunning, keep_up, sweep, verify_storage
from recognizer.uploads.deletion import delete_uploads
from recognizer.uploads.storing_lock import storing_lock
from tests.faults.storages import StuckStorage, use_storage
from tests.makers import digits_png, make_upload, make_upload_row

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = timedelta(minutes=11)


def cut_off(data: bytes | None, *, ago: timedelta = LONG_AGO) -> Upload:
    """An upload that was never finished: its row, and the file as far as it came."""
    whole = digits_png("42")
    sha256 = hashlib.sha256(whole).hexdigest()
    upload = make_upload_row(stored=None, file_sha256=sha256, created=timezone.now() - ago)
    upload.predictions.all().delete()
    if data is not None:
        default_storage.save(str(upload.file.name), ContentFile(data))
    return upload


def grow_old(path: Path, days: float) -> None:
    moment = timezone.now().timestamp() - days * 24 * 3600
    os.utime(path, (moment, moment))


def stray(media: Path, days: float) -> Path:
    """A file that no upload names."""
    path = media / "uploads" / "ab" / "left-over.png"
    default_storage.save(str(path.relative_to(media)), ContentFile(b"stray"))
    grow_old(path, days)
    return path


def test_what_was_cut_off_after_its_file_was_whole_is_finished() -> None:
    upload = cut_off(digits_png("42"))
    assert sweep(apply=True).finished == 1
    kept = Upload.objects.with_current_prediction().get(pk=upload.pk)
    assert kept.stored
    assert kept.current_prediction
    assert kept.current_prediction.text == "42"
    assert sweep(apply=True).finished == 0


@pytest.mark.parametrize("data", [None, b"", digits_png("42")[:100]])
def test_what_was_cut_off_before_is_given_up_and_leaves_no_file(
    media: Path, data: bytes | None
) -> None:
    upload = cut_off(data)
    default_storage.save("uploads/other.png", ContentFile(b"x"))
    part = media / f"{upload.file.name}.part"
    part.parent.mkdir(exist_ok=True)
    part.write_bytes(b"half")
    assert sweep(apply=True).given_up == 1
    kept = Upload.objects.get(pk=upload.pk)
    assert (kept.stored, kept.given_up is None) == (None, False)
    assert not part.exists()
    assert not default_storage.exists(str(upload.file.name))


def test_what_is_under_way_is_left_alone() -> None:
    cut_off(None, ago=timedelta(minutes=1))
    assert sweep(apply=True).given_up == 0


def test_what_somebody_is_storing_just_now_is_left_alone() -> None:
    upload = cut_off(None)
    number = int.from_bytes(upload.pk.bytes[:8], signed=True)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
            assert sweep(apply=True).given_up == 0
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    finally:
        other.close()
    assert sweep(apply=True).given_up == 1


def test_a_dry_run_tells_and_does_nothing(media: Path) -> None:
    upload = cut_off(None)
    path = stray(media, days=2)
    found = sweep(apply=False)
    assert (found.given_up, found.set_aside) == (1, 1)
    assert Upload.objects.get(pk=upload.pk).given_up is None
    assert path.exists()


def test_the_file_of_a_deleted_upload_is_removed_at_last(settings: Settings, media: Path) -> None:
    backends = settings.STORAGES
    upload = make_upload()
    use_storage(settings, StuckStorage)
    delete_uploads([upload])
    assert sweep(apply=True).not_removed == 1
    settings.STORAGES = backends
    assert sweep(apply=True).removed == 1
    assert not FileRemoval.objects.exists()
    assert list(media.rglob("*.png")) == []


def test_a_stray_file_is_set_aside_and_a_week_later_thrown_away(media: Path) -> None:
    path = stray(media, days=2)
    assert sweep(apply=True).set_aside == 1
    assert not path.exists()
    (kept,) = media.glob("quarantine/**/*.png")
    assert kept.read_bytes() == b"stray"
    assert sweep(apply=True).thrown_away == 0
    grow_old(kept, days=8)
    assert sweep(apply=True).thrown_away == 1
    assert not kept.exists()


def test_a_young_stray_and_every_file_that_is_named_stay(media: Path) -> None:
    path = stray(media, days=0.5)
    upload = make_upload()
    grow_old(media / str(upload.file.name), days=30)
    assert sweep(apply=True).set_aside == 0
    assert path.exists()
    assert (media / str(upload.file.name)).exists()


def test_a_missing_file_is_counted_and_ends_the_command_with_an_error(media: Path) -> None:
    upload = make_upload()
    (media / str(upload.file.name)).unlink()
    assert sweep(apply=False).missing == 1
    with pytest.raises(CommandError, match="1 stored pictures have no file"):
        call_command("sweep", stdout=StringIO())


def test_two_sweeps_do_not_meet() -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(7234112903)")
            with pytest.raises(SweepRunning):
                sweep(apply=True)
            out = StringIO()
            call_command("sweep", "--apply", stdout=out)
            assert "Another sweep is under way." in out.getvalue()
            cursor.execute("SELECT pg_advisory_unlock(7234112903)")
    finally:
        other.close()
    sweep(apply=True)


def test_the_command_tells_what_it_found() -> None:
    cut_off(None)
    out = StringIO()
    call_command("sweep", stdout=out)
    assert "given up: 1" in out.getvalue()
    assert "a dry run" in out.getvalue()
    call_command("sweep", "--apply", stdout=out)
    assert Upload.objects.get().given_up


def test_an_empty_storage_is_swept_too() -> None:
    assert sweep(apply=True).missing == 0


def test_a_planted_bit_is_found(media: Path) -> None:
    uploads = [make_upload() for _ in range(3)]
    path = media / str(uploads[1].file.name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    found = verify_storage()
    assert (found.whole, found.changed) == (2, [uploads[1].file.name])


def test_missing_and_extra_files_are_named(media: Path) -> None:
    upload = make_upload()
    (media / str(upload.file.name)).unlink()
    stray(media, days=0)
    out = StringIO()
    with pytest.raises(CommandError, match="does not hold what the database names"):
        call_command("verify_storage", stdout=out)
    assert f"missing: {upload.file.name}" in out.getvalue()
    assert "extra: uploads/ab/left-over.png" in out.getvalue()


def test_a_sound_storage_is_said_to_be_whole() -> None:
    make_upload()
    out = StringIO()
    call_command("verify_storage", "--megabytes-per-second", "100", stdout=out)
    assert "whole: 1, missing: 0, changed: 0, extra: 0" in out.getvalue()


def test_a_lock_is_free_again_after_an_error() -> None:
    upload = cut_off(None)
    with pytest.raises(ZeroDivisionError), storing_lock(upload.pk):
        raise ZeroDivisionError
    assert sweep(apply=True).given_up == 1


def test_a_sweep_lists_the_storage_once_and_asks_for_no_file_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(3):
        make_upload()
    listed: list[str] = []
    plain = DurableFileStorage.listdir

    def listdir(storage: DurableFileStorage, path: str) -> tuple[list[str], list[str]]:
        listed.append(path)
        return plain(storage, path)

    monkeypatch.setattr(DurableFileStorage, "listdir", listdir)
    monkeypatch.setattr(
        DurableFileStorage, "exists", lambda *_: pytest.fail("a file was asked for")
    )
    assert sweep(apply=False).missing == 0
    assert sorted(listed) == sorted(set(listed))


def test_the_upkeep_purges_and_sweeps(settings: Settings) -> None:
    settings.RETENTION_DAYS_ANONYMOUS = 7
    cut = cut_off(digits_png("42"))
    old = make_upload_row(created=timezone.now() - timedelta(days=8))
    assert keep_up()
    assert not Upload.objects.filter(pk=old.pk).exists()
    assert Upload.objects.get(pk=cut.pk).stored


def test_a_purge_that_fails_keeps_no_sweep_from_its_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("recognizer.retention.purge", lambda: 1 / 0)
    cut = cut_off(digits_png("42"))
    assert not keep_up()
    assert Upload.objects.get(pk=cut.pk).stored
    assert "the purge failed" in caplog.text
    with pytest.raises(CommandError, match="Not all of the upkeep could be done"):
        call_command("upkeep")


def test_of_two_upkeeps_at_once_one_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recognizer.retention.purge", lambda: pytest.fail("a second one worked"))
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_SWEEP_LOCK])
    try:
        with pytest.raises(SweepRunning):
            keep_up()
        call_command("upkeep")  # is no error
    finally:
        other.close()


def test_files_that_are_missing_are_an_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    upload = make_upload()
    default_storage.delete(str(upload.file.name))
    assert keep_up()
    assert [each.levelname for each in caplog.records if "missing: 1" in each.message] == ["ERROR"]
