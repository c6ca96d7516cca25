"""F10: pictures until the disk is full, and on."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from recognizer.models import Upload
from recognizer.storage.disk import DurableFileStorage
from recognizer.upkeep.sweep import Sweep, sweep
from recognizer.uploads.deletion import delete_uploads
from tests.faults.disks import FULL_DISK_BYTES, file_size_limit, small_disk
from tests.faults.ledger import NONE, compare
from tests.faults.report import report
from tests.faults.visitors import Visitor, noise_png

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 7
REFUSALS = 12


def fill(visitor: Visitor, sides: Callable[[], int]) -> None:
    """Send pictures until so many were refused."""
    number = 0
    while visitor.count(503) < REFUSALS and number < 200:
        visitor.send(noise_png(sides(), seed=number))
        number += 1


def conclude(visitor: Visitor, then: int) -> None:
    breaches = compare(visitor.acknowledged)
    report(
        "F10",
        full=visitor.count(503),
        acked=len(visitor.acknowledged),
        lost=breaches.lost,
        orphan=breaches.orphan,
        partial=breaches.partial,
        http500=visitor.http500,
        next=then,
        seed=SEED,
    )
    assert visitor.count(503) >= REFUSALS
    assert len(visitor.acknowledged) > 5
    assert breaches == NONE
    assert visitor.http500 == 0
    assert then == 302
    assert Upload.objects.count() == len(visitor.acknowledged)
    assert sweep(apply=True) == Sweep()


def test_a_small_disk(media: Path) -> None:
    visitor, chosen = Visitor(), random.Random(SEED)
    with small_disk(media):
        fill(visitor, lambda: chosen.randint(150, 1200))
        gone = Upload.objects.get(pk=visitor.acknowledged.pop(0))
        size = gone.file.size
        delete_uploads([gone])
        conclude(visitor, visitor.send(noise_png(int(size**0.5) - 20, seed=1000)))


def test_files_that_are_cut_short_at_a_limit() -> None:
    visitor, chosen = Visitor(), random.Random(SEED)
    with file_size_limit(300_000):
        fill(visitor, lambda: chosen.randint(300, 800))
    conclude(visitor, visitor.send(noise_png(800, seed=1000)))


@pytest.mark.parametrize("naive", [True, False])
def test_the_naive_storage_keeps_halves(settings: Settings, media: Path, naive: bool) -> None:
    name = "tests.faults.naive.NaiveStorage"
    if naive:
        settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": name}}
    visitor = Visitor()
    with small_disk(media):
        (media / "ballast").write_bytes(bytes(FULL_DISK_BYTES - 350_000))
        for number in range(12):
            # Written in one piece each: the last one to find some space is cut short in it.
            visitor.send(noise_png(230, seed=number))
        found = compare(visitor.acknowledged)
    assert bool(found.lost and found.partial) is naive


def test_the_durable_storage_is_what_the_settings_name(settings: Settings) -> None:
    backend = settings.STORAGES["default"]["BACKEND"]
    assert backend == f"{DurableFileStorage.__module__}.{DurableFileStorage.__name__}"
