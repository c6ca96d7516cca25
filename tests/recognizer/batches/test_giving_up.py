"""What is given up, and what waits: crashes, damaged files, full quotas, storages that are away."""

import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from pytest_django import Settings

from recognizer.batches.changing import retry
from recognizer.batches.giving import close, give
from recognizer.batches.opening import MOST_TRIES, open_some
from recognizer.batches.serving import serve
from recognizer.models import Batch, BatchItem, BatchSource, Upload
from recognizer.storage.disk import DurableFileStorage
from tests.faults.storages import FullStorage, use_storage
from tests.makers import digits_png, encoded
from tests.recognizer.batches.workers import work
from tests.recognizer.jobs.workers import DEADLY_WIDTH, Workers, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

DEADLY = encoded(Image.new("L", (DEADLY_WIDTH, 50), 255), "PNG")


def give_all(batch: Batch, *pictures: bytes) -> None:
    for number, data in enumerate(pictures):
        give(batch, ContentFile(data), f"{number}.png")
    close(batch)


def is_finished(batch: Batch) -> bool:
    return Batch.objects.filter(pk=batch.pk, finished__isnull=False).exists()


@pytest.mark.parametrize("broken", ["intake", "reader"])
def test_a_picture_that_ends_workers_is_given_up_and_the_others_are_read(
    batch: Batch, media: Path, broken: str
) -> None:
    give_all(batch, digits_png("1"), DEADLY, *[digits_png(str(digit)) for digit in range(2, 5)])
    with Workers(media, broken=broken):
        wait_until(lambda: is_finished(batch), seconds=60)
    item = batch.items.get(state=BatchItem.State.FAILED)
    assert item.name == "1.png"
    assert item.code == "worker_crashed"
    assert item.refusal.startswith("Reading this picture broke off 3 times.")
    read = batch.items.filter(state=BatchItem.State.READ)
    texts = read.values_list("upload__current_prediction__text", flat=True)
    assert list(texts) == ["1", "2", "3", "4"]


@pytest.mark.parametrize("broken", ["intake", "reader"])
def test_what_ended_workers_can_be_tried_again(batch: Batch, media: Path, broken: str) -> None:
    give_all(batch, DEADLY)
    with Workers(media, broken=broken):
        wait_until(lambda: is_finished(batch))
    assert retry(batch) == 1
    work()
    assert batch.items.get().state == BatchItem.State.NO_DIGITS
    assert not BatchSource.objects.get().code


def test_a_stored_picture_that_is_damaged_holds_up_no_other(batch: Batch, media: Path) -> None:
    give_all(batch, digits_png("1"), digits_png("2"))
    serve_intake(batch)
    damaged = Upload.objects.get(original_name="0.png")
    (media / str(damaged.file.name)).write_bytes(b"no picture any more")
    work()
    assert [item.code for item in batch.items.all()] == ["file_damaged", ""]
    assert is_finished(batch)


def test_a_given_file_that_cannot_be_read_holds_up_no_other(
    batch: Batch, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_all(batch, digits_png("1"), digits_png("2"))
    bad = str(batch.sources.get(number=0).file.name)
    real = DurableFileStorage._open

    def fail(self: DurableFileStorage, name: str, mode: str = "rb") -> object:
        if name == bad:
            raise OSError(5, "Input/output error")
        return real(self, name, mode)

    monkeypatch.setattr(DurableFileStorage, "_open", fail)
    monkeypatch.setattr("recognizer.batches.serving.STORAGE_AWAY_S", 0)
    for _ in range(2 * MOST_TRIES):
        serve()
    assert [source.code for source in batch.sources.all()] == ["file_damaged", ""]
    assert is_finished(batch)


def test_a_storage_that_is_away_is_no_try_of_any_picture(
    batch: Batch, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recognizer.batches.serving.STORAGE_AWAY_S", 0)
    give_all(batch, digits_png("1"), digits_png("2"))
    serve_without(media)
    serve_intake(batch)
    serve_without(media)
    work()
    assert [item.state for item in batch.items.all()] == [BatchItem.State.READ] * 2
    assert is_finished(batch)


def test_a_disk_that_is_full_is_no_try_of_any_picture(
    batch: Batch, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recognizer.batches.serving.STORAGE_AWAY_S", 0)
    give_all(batch, digits_png("1"), digits_png("2"))
    real = settings.STORAGES
    use_storage(settings, FullStorage)
    for _ in range(2 * MOST_TRIES):
        assert not serve()
    settings.STORAGES = real
    work()
    assert [item.state for item in batch.items.all()] == [BatchItem.State.READ] * 2


def test_a_full_quota_refuses_the_files_and_keeps_them_for_another_try(
    batch: Batch, settings: Settings
) -> None:
    settings.QUOTA_BATCH_FILES = 1
    give(batch, ContentFile(digits_png("1")), "1.png")
    work()
    give(batch, ContentFile(digits_png("2")), "2.png")
    close(batch)
    work()
    assert [source.code for source in batch.sources.all()] == ["", "quota_exceeded"]
    assert is_finished(batch)
    settings.QUOTA_BATCH_FILES = 2
    assert retry(batch) == 1
    work()
    assert batch.items.filter(state=BatchItem.State.READ).count() == 2


def serve_without(media: Path) -> None:
    """Serve more often than a picture is tried while the folder is away."""
    away = media.with_name("away")
    media.rename(away)
    for _ in range(2 * MOST_TRIES):
        assert not serve()
    assert not media.exists()
    away.rename(media)


def serve_intake(batch: Batch) -> None:
    """Store the pictures, and read none."""
    while open_some(batch, time.monotonic() + 1):
        pass
