"""L4: how much of the reader's own throughput reaches a batch, with one cluster and with two."""

import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import pytest
from django.core.files.base import ContentFile

from recognizer.batches.changing import retry
from recognizer.batches.giving import Wanted, close, give, open_batch
from recognizer.batches.opening import open_some
from recognizer.models import Batch, BatchItem, Prediction, Upload
from tests.faults.bare import seconds_in_processes
from tests.faults.report import report
from tests.faults.times import is_long_run
from tests.makers import digits_png, make_user
from tests.recognizer.jobs.workers import Workers, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

PICTURES = 240 if is_long_run() else 64
ROUNDS = 2 if is_long_run() else 1
PLACES = 7
PROCESSES = 2
# On a machine that does nothing else it is above 0.9; others disturb one part more than another.
LEAST_SHARE = 0.6


def test_l4_a_batch_is_read_nearly_as_fast_as_the_reader_reads(media: Path) -> None:
    batch, opened_per_second = opened_batch()
    files = [media / str(upload.file.name) for upload in Upload.objects.all()]
    shares: dict[int, list[float]] = {1: [], 2: []}
    bare: list[float] = []
    for _ in range(ROUNDS):
        for clusters, found in shares.items():
            before = seconds_in_processes(PROCESSES, files)
            in_batch = seconds_of_batch(batch, media, clusters)
            after = seconds_in_processes(PROCESSES, files)
            found.append((before + after) / 2 / in_batch)
            bare += [before, after]
    one, two = (median(shares[clusters]) for clusters in (1, 2))
    report(
        "L4",
        bare_per_second=round(PICTURES / median(bare), 1),
        share=round(one, 3),
        share_of_two=round(two, 3),
        opened_per_second=round(opened_per_second, 1),
    )
    assert one > LEAST_SHARE
    assert two > LEAST_SHARE


def opened_batch() -> tuple[Batch, float]:
    """A batch whose pictures are stored but not read, and how many were stored in a second."""
    batch = open_batch(make_user(), Wanted("Meters"))
    for number in range(PICTURES):
        picture = digits_png(f"{number * 7_919_317 % 10**PLACES:0{PLACES}}")
        give(batch, ContentFile(picture), f"{number}.png")
    close(batch)
    started = time.monotonic()
    open_some(batch, time.monotonic() + 60 + PICTURES)
    while open_some(batch, time.monotonic() + 60):
        pass
    return batch, PICTURES / (time.monotonic() - started)


def seconds_of_batch(batch: Batch, media: Path, clusters: int) -> float:
    """How long PROCESSES workers, in so many clusters, take to read the whole batch."""
    forget_what_was_read(batch)
    with ExitStack() as stack:
        running = [
            stack.enter_context(Workers(media, workers=PROCESSES // clusters))
            for _ in range(clusters)
        ]
        wait_until(lambda: sum(len(each.numbers()) for each in running) == PROCESSES)
        time.sleep(1)  # until they wait for jobs
        started = time.monotonic()
        retry(batch)
        wait_until(
            lambda: Batch.objects.filter(finished__isnull=False).exists(), seconds=60 + PICTURES
        )
        seconds = time.monotonic() - started
    assert batch.items.filter(state__in=["read", "doubtful"]).count() == PICTURES
    assert Prediction.objects.count() == PICTURES
    return seconds


def forget_what_was_read(batch: Batch) -> None:
    """Have every picture given up, so that it can be tried again."""
    Upload.objects.update(current_prediction=None)
    Prediction.objects.all().delete()
    batch.items.update(state=BatchItem.State.FAILED, code="worker_crashed", confidence=0)
    Batch.objects.update(finished=batch.closed)
