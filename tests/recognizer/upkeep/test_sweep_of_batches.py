"""What a sweep does with batches: their files, and what nobody goes on with."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from recognizer.batches import changing
from recognizer.batches.giving import Wanted, close, give, open_batch
from recognizer.batches.opening import open_some
from recognizer.batches.serving import serve
from recognizer.models import Batch, BatchItem, BatchSource, FileRemoval, Owner, Upload
from recognizer.storage.disk import MARKER, FolderReplaced
from recognizer.storage.protocol import picture_storage
from recognizer.upkeep.sweep import sweep
from recognizer.upkeep.verification import verify_storage
from tests.makers import digits_png
from tests.recognizer.upkeep.leftovers import LONG_AGO, grow_old, locked_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)

WHOLE = digits_png("42")


@pytest.fixture
def batch(owner: Owner) -> Batch:
    assert owner.user
    return open_batch(owner.user, Wanted("Meters"))


def cut_off_source(batch: Batch, data: bytes | None, ago: timedelta = LONG_AGO) -> BatchSource:
    """A file whose giving was cut off: its row, and what was written of it, if anything."""
    source = BatchSource(batch=batch, number=0, name="one.png", byte_size=len(WHOLE))
    source.sha256 = hashlib.sha256(WHOLE).hexdigest()
    source.file.name = f"sources/{source.pk.hex[:2]}/{source.pk}"
    source.save()
    BatchSource.objects.update(created=timezone.now() - ago)
    if data is not None:
        default_storage.save(source.file.name, ContentFile(data))
    return source


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("sources/**/*") if path.is_file()]


def test_a_whole_file_is_finished_and_read(batch: Batch) -> None:
    cut_off_source(batch, WHOLE)
    assert sweep(apply=False).sources_finished == 1
    assert sweep(apply=True).sources_finished == 1
    while serve():
        pass
    assert batch.items.get().state == BatchItem.State.READ
    assert sweep(apply=True).sources_finished == 0


@pytest.mark.parametrize("data", [None, b"", WHOLE[:100]])
def test_a_file_that_is_not_whole_was_never_given(
    batch: Batch, media: Path, data: bytes | None
) -> None:
    cut_off_source(batch, data)
    assert sweep(apply=False).sources_dropped == 1
    assert BatchSource.objects.exists()
    assert sweep(apply=True).sources_dropped == 1
    assert not BatchSource.objects.exists()
    assert (files(media), FileRemoval.objects.count()) == ([], 0)


def test_a_file_that_is_given_just_now_is_left_alone(batch: Batch) -> None:
    cut_off_source(batch, None, ago=timedelta(minutes=1))
    assert sweep(apply=True).sources_dropped == 0


def test_files_that_wait_or_are_done_with_are_no_strays(batch: Batch, media: Path) -> None:
    give(batch, ContentFile(WHOLE), "one.png")
    (waiting,) = files(media)
    grow_old(waiting, days=2)
    assert sweep(apply=True).set_aside == 0
    assert waiting.exists()


def test_a_file_of_a_batch_that_no_row_names_is_set_aside(media: Path) -> None:
    path = media / "sources" / "ab" / "left-over"
    default_storage.save(str(path.relative_to(media)), ContentFile(b"stray"))
    assert verify_storage().extra == ["sources/ab/left-over"]
    grow_old(path, days=2)
    assert sweep(apply=True).set_aside == 1
    assert not path.exists()


def test_a_lost_or_damaged_file_of_a_batch_is_named(batch: Batch, media: Path) -> None:
    lost, damaged = (give(batch, ContentFile(WHOLE), "one.png") for _ in range(2))
    (media / str(lost.file.name)).unlink()
    (media / str(damaged.file.name)).write_bytes(b"x")
    found = verify_storage()
    assert (found.missing, found.changed) == ([lost.file.name], [damaged.file.name])
    assert sweep(apply=True).missing == 1


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_pictures_of_batches_are_for_workers_to_read(batch: Batch, *, is_cancelled: bool) -> None:
    give(batch, ContentFile(WHOLE), "one.png")
    open_some(batch, until=0)
    if is_cancelled:
        changing.cancel(batch)
    state = batch.items.get().state
    Upload.objects.update(created=timezone.now() - LONG_AGO)
    assert sweep(apply=True).read == 0
    assert batch.items.get().state == state
    assert Upload.objects.unread().count() == 1


def test_a_batch_that_nobody_closed_is_closed_after_an_hour(batch: Batch) -> None:
    give(batch, ContentFile(WHOLE), "one.png")
    while serve():
        pass
    now = timezone.now()
    assert sweep(apply=True, now=now + timedelta(minutes=59)).batches_closed == 0
    assert sweep(apply=False, now=now + timedelta(minutes=61)).batches_closed == 1
    assert sweep(apply=True, now=now + timedelta(minutes=61)).batches_closed == 1
    while serve():
        pass
    batch.refresh_from_db()
    assert batch.finished


def test_a_batch_that_still_gets_files_stays_open(batch: Batch) -> None:
    Batch.objects.update(created=timezone.now() - timedelta(hours=2))
    give(batch, ContentFile(WHOLE), "one.png")
    assert sweep(apply=True).batches_closed == 0


def test_a_batch_that_was_closed_stays_as_it_is(batch: Batch) -> None:
    close(batch)
    assert sweep(apply=True, now=timezone.now() + timedelta(hours=2)).batches_closed == 0


def test_a_file_that_is_written_at_the_moment_is_left_alone(batch: Batch) -> None:
    source = cut_off_source(batch, None)
    with locked_elsewhere(source.pk):
        assert sweep(apply=True).sources_dropped == 0
    assert sweep(apply=True).sources_dropped == 1


def test_an_empty_mount_point_is_known_by_the_files_of_batches(batch: Batch, media: Path) -> None:
    source = give(batch, ContentFile(WHOLE), "one.png")
    (media / str(source.file.name)).unlink()
    (media / MARKER).unlink()
    with pytest.raises(FolderReplaced):
        picture_storage().require_usable()
