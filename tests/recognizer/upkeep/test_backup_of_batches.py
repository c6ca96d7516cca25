"""A batch that is under way when it is backed up goes on when it is restored."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from recognizer.batches.giving import Wanted, close, give, open_batch
from recognizer.batches.opening import open_some
from recognizer.batches.serving import serve
from recognizer.models import Batch, BatchItem, BatchSource, FileRemoval, Owner
from recognizer.upkeep.backup import back_up
from recognizer.upkeep.restoring import DatabaseNotEmpty, restore
from recognizer.upkeep.sweep import sweep
from recognizer.upkeep.verification import verify_storage
from tests.makers import digits_png, make_admin
from tests.recognizer.upkeep.backups import backed_up, lose_everything, silent
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = ["1", "2", "3"]


@pytest.fixture
def batch(owner: Owner) -> Batch:
    """Three pictures: one is read, one is stored and waits, one is still in its file."""
    assert owner.user
    batch = open_batch(owner.user, Wanted("Meters"))
    give(batch, ContentFile(digits_png("1")), "1.png")
    work()
    give(batch, ContentFile(digits_png("2")), "2.png")
    open_some(batch, until=0)
    give(batch, ContentFile(digits_png("3")), "3.png")
    close(batch)
    return batch


def work() -> None:
    while serve():
        pass


def texts_of(batch: Batch) -> list[str]:
    texts = batch.items.values_list("upload__current_prediction__text", flat=True)
    return list(texts.order_by("position"))


def test_a_restored_batch_goes_on(batch: Batch, settings: Settings, tmp_path: Path) -> None:
    folder = backed_up(tmp_path / "backups")
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    assert verify_storage().is_sound
    work()
    batch.refresh_from_db()
    assert batch.finished
    assert texts_of(batch) == TEXTS
    assert sweep(apply=True).missing == 0
    assert verify_storage().is_sound


def test_so_does_one_whose_files_were_opened_while_they_were_copied(
    batch: Batch, media: Path, settings: Settings, tmp_path: Path
) -> None:
    def work_meanwhile(what: str, done: int, _total: int) -> None:
        if what == "files of batches copied" and done == 1:
            for each in together(1, lambda _number: work()):
                each.result()

    folder, manifest = back_up(tmp_path / "backups", report=work_meanwhile)
    assert texts_of(batch) == TEXTS
    assert manifest.lost == manifest.deleted == []
    assert FileRemoval.objects.count() == 2
    assert sweep(apply=True).removed == 2
    assert [path for path in media.rglob("sources/**/*") if path.is_file()] == []
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    assert texts_of(batch)[0] == "1"
    work()
    assert texts_of(batch) == TEXTS


def test_files_are_removed_at_once_where_no_backup_is_made(batch: Batch, media: Path) -> None:
    work()
    assert [path for path in media.rglob("sources/**/*") if path.is_file()] == []


def test_a_lost_file_is_refused_and_the_rest_goes_on(
    batch: Batch, media: Path, settings: Settings, tmp_path: Path
) -> None:
    lost = BatchSource.objects.get(name="3.png")
    (media / str(lost.file.name)).unlink()
    folder, manifest = back_up(tmp_path / "backups", report=silent)
    assert manifest.lost == [str(lost.pk)]
    lose_everything(settings, tmp_path)
    restore(folder, report=silent)
    work()
    batch.refresh_from_db()
    assert batch.finished
    assert BatchSource.objects.get(pk=lost.pk).code == "file_gone"
    assert set(batch.items.values_list("state", flat=True)) == {BatchItem.State.READ}


def test_a_batch_is_not_overwritten(tmp_path: Path) -> None:
    open_batch(make_admin(), Wanted("Meters"))
    folder = backed_up(tmp_path / "backups")
    with pytest.raises(DatabaseNotEmpty):
        restore(folder, report=silent)
