import errno
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from recognizer.models import DigitPrediction, FileRemoval, Owner, Prediction, Upload
from recognizer.storage.disk import MARKER, DurableFileStorage
from recognizer.uploads import deletion
from recognizer.uploads.deletion import delete_uploads, remove_file
from recognizer.uploads.reading import read_again
from tests.makers import make_upload, make_upload_row, make_user

pytestmark = pytest.mark.django_db(transaction=True)


class WatchingStorage(DurableFileStorage):
    """Notes how many rows are left when a file is removed."""

    rows_left: list[int]

    def delete(self, name: str) -> None:
        WatchingStorage.rows_left.append(Upload.objects.count())
        super().delete(name)


class StuckStorage(DurableFileStorage):
    def delete(self, name: str) -> None:
        raise OSError(errno.EIO, f"{name} can't be removed")


def use_storage(settings: Settings, storage: type[DurableFileStorage]) -> None:
    backend = {"BACKEND": f"{__name__}.{storage.__name__}"}
    settings.STORAGES = settings.STORAGES | {"default": backend}


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file() and path.name != MARKER]


def test_everything_of_an_upload_goes(media: Path) -> None:
    upload = make_upload()
    read_again(upload)
    assert delete_uploads([upload]) == 1
    assert files(media) == []
    for model in (Upload, Prediction, DigitPrediction):
        assert not model.objects.exists()


def test_other_uploads_stay(media: Path) -> None:
    gone, kept = make_upload(), make_upload()
    delete_uploads([gone])
    assert list(Upload.objects.all()) == [kept]
    assert files(media) == [media / str(kept.file.name)]


def test_nothing_is_deleted_of_no_uploads(media: Path) -> None:
    make_upload()
    assert delete_uploads(Upload.objects.none()) == 0
    assert len(files(media)) == 1


def test_the_row_goes_before_the_file(settings: Settings) -> None:
    use_storage(settings, WatchingStorage)
    WatchingStorage.rows_left = []
    make_upload()
    make_upload()
    assert delete_uploads(Upload.objects.all()) == 2
    assert WatchingStorage.rows_left == [0, 0]


def test_a_rollback_keeps_row_and_file(media: Path) -> None:
    upload = make_upload()
    with transaction.atomic():
        delete_uploads([upload])
        transaction.set_rollback(True)
    assert Upload.objects.count() == 1
    assert files(media) == [media / str(upload.file.name)]


def test_the_file_waits_for_the_outermost_commit(media: Path) -> None:
    upload = make_upload()
    with transaction.atomic():
        delete_uploads([upload])
        assert len(files(media)) == 1
    assert files(media) == []


def test_a_file_that_is_gone_already_does_no_harm(media: Path) -> None:
    upload = make_upload()
    files(media)[0].unlink()
    assert delete_uploads([upload]) == 1
    assert not Upload.objects.exists()


def test_a_file_that_cannot_be_removed_is_told_in_the_log(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    use_storage(settings, StuckStorage)
    upload = make_upload()
    assert delete_uploads([upload]) == 1
    assert not Upload.objects.exists()
    assert f"the file {upload.file.name} of a deleted upload" in caplog.text


def test_a_file_that_cannot_be_removed_is_remembered_until_it_is(
    settings: Settings, media: Path
) -> None:
    backends = settings.STORAGES
    use_storage(settings, StuckStorage)
    upload = make_upload()
    delete_uploads([upload])
    removal = FileRemoval.objects.get()
    assert (removal.name, removal.attempts) == (upload.file.name, 1)
    assert "can't be removed" in removal.last_error
    settings.STORAGES = backends
    assert remove_file(removal)
    assert files(media) == []
    assert not FileRemoval.objects.exists()


def test_many_go_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "ROWS_AT_ONCE", 2)
    for _ in range(5):
        make_upload_row()
    assert delete_uploads(Upload.objects.iterator()) == 5
    assert not Upload.objects.exists()


def test_a_file_that_cannot_be_removed_does_not_keep_the_others(media: Path) -> None:
    stuck, other = make_upload(), make_upload()
    path = media / str(stuck.file.name)
    path.unlink()
    (path / "in the way").mkdir(parents=True)
    delete_uploads([stuck, other])
    assert not (media / str(other.file.name)).exists()


def test_a_file_is_not_forgotten_whichever_way_its_row_goes() -> None:
    user = make_user()
    upload = make_upload(Owner(user=user))
    user.delete()
    assert FileRemoval.objects.get().name == upload.file.name


def test_a_file_of_a_disk_that_is_not_mounted_is_still_to_be_removed(media: Path) -> None:
    upload = make_upload()
    media.rename(media.with_name("unmounted"))
    make_upload_row()
    delete_uploads([upload])
    assert FileRemoval.objects.filter(name=upload.file.name).exists()
