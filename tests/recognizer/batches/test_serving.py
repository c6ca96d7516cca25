"""Batches from the files that were given to the texts that were read, by one worker."""

import io
import zipfile
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings

from recognizer.batches import reading, serving
from recognizer.batches.giving import Wanted, close, give, open_batch
from recognizer.batches.opening import MOST_TRIES
from recognizer.batches.serving import serve, wake
from recognizer.models import Batch, BatchItem, FileRemoval, Owner, Prediction, Upload
from recognizer.uploads.reading import Outcome, Reader
from tests.makers import blank_png, digits_png, lose_the_model
from tests.recognizer.batches.workers import answers, file_of, give_all, work

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_given_is_read(batch: Batch) -> None:
    give_all(batch, digits_png("472"), b"no picture", blank_png())
    work()
    batch.refresh_from_db()
    assert batch.finished
    assert answers(batch) == [
        ("read", "472"),
        ("refused", "unsupported_type"),
        ("no_digits", ""),
    ]


def test_a_zip_s_pictures_have_answers_of_their_own(batch: Batch) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a/1.png", digits_png("47"))
        archive.writestr("a/2.png", digits_png("48")[:200])
        archive.writestr("b.zip", b"PK\x05\x06" + bytes(18))
        archive.writestr("c.png", digits_png("49"))
    give_all(batch, file.getvalue())
    work()
    assert answers(batch) == [
        ("read", "47"),
        ("refused", "image_damaged"),
        ("refused", "archive_inside"),
        ("read", "49"),
    ]
    assert batch.items.get(position=0).name == "a/1.png"


def test_a_file_that_can_t_be_used_says_why(batch: Batch) -> None:
    give_all(batch, b"%PDF-1.7 and nothing else")
    work()
    batch.refresh_from_db()
    assert (batch.finished is not None, batch.sources.get().code) == (True, "pdf_damaged")


def test_a_zip_that_is_taken_up_by_another_worker_goes_on_where_it_was(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(40, 45):
            archive.writestr(f"{number}.png", digits_png(f"{number}"))
    monkeypatch.setattr(serving, "PART_S", 0)
    give_all(batch, file.getvalue())
    serve()
    assert batch.sources.get().next_member == 1
    monkeypatch.undo()
    work()
    assert [text for _, text in answers(batch)] == ["40", "41", "42", "43", "44"]


def test_every_picture_has_one_upload_and_one_prediction(batch: Batch) -> None:
    give_all(batch, *(digits_png(f"{number}") for number in range(20, 32)))
    work()
    assert Upload.objects.count() == Prediction.objects.count() == 12
    assert [text for _, text in answers(batch)] == [str(number) for number in range(20, 32)]


def test_files_are_removed_once_their_pictures_are_stored(batch: Batch, media: Any) -> None:
    give_all(batch, digits_png("472"))
    assert list(media.glob("sources/*/*"))
    work()
    assert not list(media.glob("sources/*/*"))
    assert not FileRemoval.objects.exists()


def test_a_batch_that_is_open_is_read_and_not_finished(batch: Batch) -> None:
    give(batch, file_of(digits_png("47")), "a.png")
    work()
    batch.refresh_from_db()
    assert answers(batch) == [("read", "47")]
    assert batch.finished is None
    close(batch)
    work()
    batch.refresh_from_db()
    assert batch.finished


def test_a_job_is_there_only_if_its_rows_are(batch: Batch) -> None:
    with transaction.atomic():
        close(batch)
        transaction.set_rollback(True)
    batch.refresh_from_db()
    assert not OrmQ.objects.exists()
    close(batch)
    assert OrmQ.objects.count() == 1


def test_the_batch_that_waits_longest_is_served_first(owner: Owner) -> None:
    assert owner.user
    first, second = (open_batch(owner.user, Wanted(name)) for name in ("one", "two"))
    for each in (first, second):
        give_all(each, digits_png("47"))
    Batch.objects.filter(pk=first.pk).update(served=timezone.now())
    serve()
    assert (answers(first), answers(second)) == ([], [("read", "47")])


def test_a_picture_that_another_worker_holds_is_left_to_it(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_all(batch, digits_png("47"))
    monkeypatch.setattr(reading, "_locked", lambda *_: [])
    work()
    assert answers(batch) == [("waiting", "")]


def test_while_no_model_can_read_pictures_wait(
    batch: Batch, settings: Settings, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "STORAGE_AWAY_S", 0)
    give_all(batch, digits_png("47"))
    lose_the_model(settings, tmp_path)
    assert not serve()
    assert [state for state, _ in answers(batch)] == ["waiting"]


def test_a_picture_with_which_workers_die_fails_and_takes_no_others_with_it(
    batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    outcome_of = reading._outcome_of

    def die_with_the_second(item: BatchItem, upload: Upload, reader: Reader) -> Outcome | None:
        if upload.original_name == "1.png":
            raise Killed
        return outcome_of(item, upload, reader)

    give_all(batch, digits_png("40"), digits_png("41"), digits_png("42"))
    monkeypatch.setattr(reading, "_outcome_of", die_with_the_second)
    deaths = 0
    while Batch.objects.unfinished().exists():
        try:
            serve()
        except Killed:
            deaths += 1
    assert deaths == 1 + MOST_TRIES
    assert answers(batch) == [("read", "40"), ("failed", "worker_crashed"), ("read", "42")]


def test_a_worker_that_starts_asks_what_was_left_over(batch: Batch) -> None:
    give_all(batch, digits_png("47"))
    OrmQ.objects.all().delete()  # with the worker that had taken the jobs
    wake()
    assert OrmQ.objects.count() == 1


def test_where_nothing_is_left_a_worker_that_starts_asks_for_nothing(batch: Batch) -> None:
    give_all(batch, digits_png("47"))
    work()
    OrmQ.objects.all().delete()
    wake()
    assert not OrmQ.objects.exists()


def test_the_end_is_logged_without_a_name(batch: Batch, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("secret-name.png", "other.txt"):
        give(batch, file_of(digits_png() if name.endswith("png") else b"x"), name)
    close(batch)
    with caplog.at_level("INFO", logger="recognizer.monitoring.events"):
        work()
    (line,) = [each.message for each in caplog.records if "batch finished" in each.message]
    assert f"batch={batch.pk}" in line
    assert "read=1 refused=1" in line
    assert "secret" not in caplog.text
    assert batch.name not in line
