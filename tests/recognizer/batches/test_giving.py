from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from recognizer.batches.changing import cancel, delete_batch
from recognizer.batches.giving import (
    BatchClosed,
    BatchFull,
    BatchGone,
    Wanted,
    close,
    give,
    open_batch,
)
from recognizer.models import Batch, BatchSource, FileRemoval, Owner
from recognizer.refusals import EmptyFile, FileTooLarge
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads.storing import KeyReused
from tests.makers import digits_png, make_user
from tests.recognizer.batches.workers import file_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_batch_made_twice_with_one_key_is_one(owner: Owner) -> None:
    assert owner.user
    first, second = (open_batch(owner.user, Wanted("Meters", key="k")) for _ in range(2))
    assert first == second
    assert open_batch(make_user("bob"), Wanted("Meters", key="k")) != first


def test_a_file_given_twice_with_one_key_is_one(batch: Batch) -> None:
    first, second = (give(batch, file_of(digits_png("47")), "a.png", "k") for _ in range(2))
    assert first == second
    assert batch.sources.count() == 1


def test_another_file_with_a_key_that_was_used_is_refused(batch: Batch) -> None:
    give(batch, file_of(digits_png("47")), "a.png", "k")
    with pytest.raises(KeyReused):
        give(batch, file_of(digits_png("48")), "a.png", "k")


def test_files_are_numbered_as_they_come(batch: Batch) -> None:
    sources = [give(batch, file_of(digits_png("47")), "a.png") for _ in range(3)]
    assert [source.number for source in sources] == [0, 1, 2]


def test_a_closed_batch_takes_no_more(batch: Batch) -> None:
    close(batch)
    with pytest.raises(BatchClosed):
        give(batch, file_of(digits_png("47")), "a.png")


def test_a_deleted_batch_takes_no_more(batch: Batch) -> None:
    stale = Batch.objects.get(pk=batch.pk)
    delete_batch(batch)
    with pytest.raises(BatchGone):
        give(stale, file_of(digits_png("47")), "a.png")


def test_an_empty_file_is_refused(batch: Batch) -> None:
    with pytest.raises(EmptyFile):
        give(batch, file_of(b""), "a.png")


def test_a_file_above_the_limit_is_refused(batch: Batch, settings: Settings) -> None:
    settings.BATCH_FILE_MEGABYTES = 1
    with pytest.raises(FileTooLarge, match="larger than 1 MB"):
        give(batch, file_of(b"x" * ((1 << 20) + 1)), "a.zip")
    assert not BatchSource.objects.exists()


@pytest.mark.parametrize("limit", ["BATCH_PICTURES", "BATCH_MEGABYTES"])
def test_a_full_batch_takes_no_more(batch: Batch, settings: Settings, limit: str) -> None:
    settings.BATCH_PICTURES, settings.BATCH_MEGABYTES = 9, 9
    setattr(settings, limit, 1)
    give(batch, file_of(b"x" * (1 << 19)), "a.png")
    with pytest.raises(BatchFull):
        give(batch, file_of(b"y" * ((1 << 19) + 1)), "b.png")


def test_a_file_that_could_not_be_stored_leaves_nothing(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(default_storage, "save", fail)
    with pytest.raises(StorageUnavailable):
        give(batch, file_of(digits_png("47")), "a.png", "k")
    monkeypatch.undo()
    assert not batch.sources.exists()
    assert give(batch, file_of(digits_png("47")), "a.png", "k").stored


@pytest.mark.parametrize(
    ("meanwhile", "refusal"), [(delete_batch, BatchGone), (cancel, BatchClosed)]
)
def test_no_file_is_left_of_a_batch_that_went_while_it_was_written(
    batch: Batch,
    media: Path,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: Callable[[Batch], object],
    refusal: type[Exception],
) -> None:
    save = default_storage.save

    def save_late(name: str, content: Any) -> str:
        meanwhile(batch)
        return save(name, content)

    monkeypatch.setattr(default_storage, "save", save_late)
    with pytest.raises(refusal):
        give(batch, file_of(digits_png("4")), "one.png")
    assert [path for path in media.rglob("sources/**/*") if path.is_file()] == []
    assert not FileRemoval.objects.exists()
