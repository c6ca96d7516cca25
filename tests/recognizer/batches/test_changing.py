from pathlib import Path
from typing import Any

import pytest

from recognizer.batches import changing, opening
from recognizer.batches.changing import cancel, delete_batch, retry
from recognizer.batches.giving import close, give
from recognizer.batches.opening import WorkerCrashed, open_some
from recognizer.batches.taking import take
from recognizer.models import Batch, BatchItem, FileRemoval, Upload
from recognizer.uploads.deletion import delete_uploads, remove_file
from recognizer.uploads.reading import read_again
from tests.makers import digits_png
from tests.recognizer.batches.workers import answers, file_of, give_all, work
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_cancelled_batch_is_read_no_further(batch: Batch, media: Any) -> None:
    give(batch, file_of(digits_png("47")), "a.png")
    work()
    give(batch, file_of(digits_png("48")), "b.png")
    cancel(batch)
    work()
    assert answers(batch) == [("read", "47")]
    assert batch.sources.get(number=1).code == "cancelled"
    assert not list(media.glob("sources/*/*"))


def test_a_finished_batch_stays_finished(batch: Batch) -> None:
    give_all(batch, digits_png("47"))
    work()
    cancel(batch)
    assert batch.finished
    assert not batch.cancelled


def test_pictures_that_wait_are_cancelled_with_their_batch(batch: Batch) -> None:
    give_all(batch, digits_png("47"))
    opening.open_some(batch, float("inf"))
    cancel(batch)
    work()
    assert [state for state, _ in answers(batch)] == ["cancelled"]


def test_what_failed_is_read_when_it_is_tried_again(batch: Batch) -> None:
    give_all(batch, digits_png("47"), digits_png("48"))
    work()
    batch.items.filter(position=0).update(state="failed", code="worker_crashed", tries=4)
    Upload.objects.filter(original_name="0.png").update(current_prediction=None)
    assert retry(batch) == 1
    batch.refresh_from_db()
    assert batch.finished is None
    work()
    batch.refresh_from_db()
    assert batch.finished
    assert answers(batch) == [("read", "47"), ("read", "48")]


def test_a_file_that_failed_is_opened_when_it_is_tried_again(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise WorkerCrashed

    with monkeypatch.context() as patch:
        patch.setattr(opening, "members", crash)
        give_all(batch, digits_png("47"))
        work()
    assert batch.sources.get().code == "worker_crashed"
    assert retry(batch) == 1
    work()
    assert answers(batch) == [("read", "47")]


def test_a_deleted_batch_leaves_nothing(batch: Batch, media: Any) -> None:
    give(batch, file_of(digits_png("47")), "a.png")
    work()
    give(batch, file_of(digits_png("48")), "b.png")
    assert delete_batch(batch) == 1
    work()
    left = [Batch.objects.count(), BatchItem.objects.count(), Upload.objects.count()]
    assert left == [0, 0, 0]
    for removal in FileRemoval.objects.all():
        remove_file(removal)
    assert [path for path in media.rglob("*") if path.is_file()] == [media / ".digitrec-media"]


def test_a_batch_that_is_deleted_while_it_is_opened_leaves_no_upload(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:

    def delete_first(*args: Any) -> None:
        Batch.objects.filter(pk=batch.pk).delete()
        take(*args)

    give(batch, file_of(digits_png("47")), "a.png")
    monkeypatch.setattr(opening, "take", delete_first)
    close(batch)
    work()
    assert not Upload.objects.exists()


def test_an_item_follows_its_picture_when_it_is_read_again(batch: Batch) -> None:
    give_all(batch, digits_png("47"))
    work()
    batch.items.update(state="doubtful", confidence=0)
    read_again(Upload.objects.get())
    item = batch.items.get()
    assert (item.state, item.confidence > 0.9) == ("read", True)


def test_a_picture_that_is_taken_meanwhile_goes_as_well(
    batch: Batch, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        give(batch, file_of(digits_png(str(number))), f"{number}.png")

    def deleted_late(*arguments: Any, **options: Any) -> int:
        count = delete_uploads(*arguments, **options)
        if not BatchItem.objects.exists():
            # Another worker has looked at the batch before it was cancelled.
            Batch.objects.update(cancelled=None)
            for each in together(1, lambda _number: open_some(batch, until=0)):
                each.result()
        return count

    with monkeypatch.context() as patched:
        patched.setattr(changing, "delete_uploads", _once(deleted_late))
        changing.delete_batch(batch)
    assert (Batch.objects.count(), Upload.objects.count()) == (0, 0)
    assert [path for path in media.rglob("[us]*/??/*") if path.is_file()] == []


def _once(late: Any) -> Any:
    calls: list[int] = []

    def called(*arguments: Any, **options: Any) -> int:
        calls.append(1)
        return int((late if len(calls) == 1 else delete_uploads)(*arguments, **options))

    return called
