"""F11: a disk whose writes, fsyncs, renames and opens fail at random."""

import os
import time
from pathlib import Path

import pytest

from recognizer.models import FileRemoval, Upload
from recognizer.upkeep.sweep import sweep
from tests.faults.disks import FaultyDisk
from tests.faults.ledger import NONE, compare
from tests.faults.report import report
from tests.faults.visitors import Visitor
from tests.makers import digits_png

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = float(os.environ.get("FAULTS_SECONDS", "10"))
SHARE = 0.05
SEED = 11


def test_random_faults(media: Path) -> None:
    visitor, picture = Visitor(), digits_png("4")
    visitor.send(picture)
    with FaultyDisk(media, seed=SEED, share=SHARE) as disk:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            visitor.send(picture)
    sweep(apply=True)
    breaches, after = compare(visitor.acknowledged), visitor.send(picture)
    report(
        "F11",
        faults=disk.faults,
        refused=visitor.count(503),
        acked=len(visitor.acknowledged),
        lost=breaches.lost,
        orphan=breaches.orphan,
        partial=breaches.partial,
        http500=visitor.http500,
        next=after,
        seed=SEED,
    )
    assert disk.faults > 5
    assert visitor.count(503) > 5
    assert breaches == NONE
    assert (visitor.http500, after) == (0, 302)
    assert Upload.objects.count() == len(visitor.acknowledged)
    assert not FileRemoval.objects.exists()
