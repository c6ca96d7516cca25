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

from mlmodel.artifact.directory import read_card
from mlmodel.model import SHIPPED_DIR
from recognizer.model_versions.promotion import promote
from recognizer.models import FileRemoval, Upload
from recognizer.storage.disk import DurableFileStorage
from recognizer.upkeep import sweep as sweep_module
from recognizer.upkeep.sweep import SweepRunning, sweep
from recognizer.uploads import reading
from recognizer.uploads.deletion import delete_uploads
from recognizer.uploads.storing import Given, take_in
from recognizer.uploads.storing_lock import storing_lock
from tests.faults.storages import StuckStorage, use_storage
from tests.makers import digits_png, lose_the_model, make_upload, make_visitor
from tests.recognizer.upkeep.leftovers import LONG_AGO, cut_off, grow_old, locked_elsewhere, stray

pytestmark = pytest.mark.django_db(transaction=True)


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
    with locked_elsewhere(upload.pk):
        assert sweep(apply=True).given_up == 0
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


@pytest.mark.parametrize("data", [None, digits_png("42")], ids=["without a file", "with a file"])
def test_what_is_deleted_meanwhile_stops_no_sweep(
    data: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(data)

    def delete(_name: str, _sha256: str) -> bytes | None:
        Upload.objects.all().delete()
        return data

    monkeypatch.setattr(sweep_module, "read_if_whole", delete)
    assert sweep(apply=True).finished == 0


def unread_for_long() -> Upload:
    upload = take_in(Given(digits_png("42"), "file"), make_visitor())
    Upload.objects.update(created=timezone.now() - LONG_AGO)
    return upload


def test_while_the_model_is_away_pictures_stay_unread(settings: Settings, tmp_path: Path) -> None:
    unread_for_long()
    lose_the_model(settings, tmp_path)
    assert sweep(apply=True).read == 0
    assert Upload.objects.unread().exists()
    promote(read_card(SHIPPED_DIR))
    assert sweep(apply=True).read == 1
    assert Upload.objects.with_current_prediction().get().state == "read"


def test_a_picture_that_ends_the_reader_keeps_no_sweep_from_its_other_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def end(*_args: object, **_options: object) -> None:
        raise ZeroDivisionError

    unread_for_long()
    FileRemoval.objects.create(name="uploads/ab/left-over.png")
    monkeypatch.setattr(reading, "read", end)
    with pytest.raises(ZeroDivisionError):
        sweep(apply=True)
    assert not FileRemoval.objects.exists()
