"""F2: a process killed at each step of storing a picture."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import F

from digitrec.settings import BASE_DIR
from recognizer.models import FileRemoval, Upload
from recognizer.upkeep.sweep import sweep
from tests.faults.killed import points
from tests.faults.ledger import NONE, compare
from tests.faults.report import report

pytestmark = pytest.mark.django_db(transaction=True)

# What a sweep makes of an upload whose process died there; None: there is nothing of it.
EXPECTED = {
    "before the row": None,
    "before the row's commit": None,
    "after the row": "failed",
    "with an empty part": "failed",
    "amid writing": "failed",
    "before fsync": "failed",
    "after fsync": "failed",
    "before the check": "failed",
    "before renaming": "failed",
    "after renaming": "read",
    "before it is noted as stored": "read",
    "after it is noted as stored": "read",
    "before reading": "read",
    "before the last commit": "read",
    "after the last commit": "read",
}
NAIVE_POINTS = ("before the row", "before the last commit")


def run(way: str, media: Path, jobs: dict[str, UUID], *, die: bool = True) -> list[str]:
    """How each job ended, "killed" or "done"; its key is the point's name."""
    arguments = [f"{point if die else 'never'}:{jobs[point]}:{point}" for point in jobs]
    database = connection.settings_dict["NAME"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.killed", database, way, *arguments],
        cwd=BASE_DIR,
        env=os.environ | {"MEDIA_ROOT": str(media)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def state(visitor: UUID) -> str | None:
    upload = Upload.objects.with_current_prediction().filter(visitor=visitor).first()
    if upload is None:
        return None
    if upload.given_up:
        return "failed"
    prediction = upload.current_prediction
    return "read" if upload.stored and prediction and prediction.text == "42" else "pending"


def after_a_while() -> None:
    Upload.objects.update(created=F("created") - timedelta(minutes=11))


def test_every_point_is_recovered_from(media: Path) -> None:
    assert EXPECTED.keys() == points().keys()
    swept, retried = ({point: uuid4() for point in EXPECTED} for _ in range(2))
    assert set(run("safe", media, swept)) == {"killed"}
    named = compare([]).orphan == 0
    after_a_while()
    sweep(apply=True)
    states = {point: state(visitor) for point, visitor in swept.items()}
    after_sweep = compare([])
    run("safe", media, retried)
    assert set(run("safe", media, retried, die=False)) == {"done"}
    rows = [list(Upload.objects.filter(visitor=visitor)) for visitor in retried.values()]
    sweep(apply=True)
    breaches = compare(upload.pk for (upload, *_) in rows)
    report(
        "F2",
        points=len(EXPECTED),
        recovered=sum(states[point] == EXPECTED[point] for point in EXPECTED),
        retried=len(rows),
        lost=breaches.lost,
        orphan=after_sweep.orphan + breaches.orphan,
        partial=after_sweep.partial + breaches.partial,
        dup=sum(len(found) - 1 for found in rows),
        pending=Upload.objects.filter(stored=None, given_up=None).count(),
        seed=0,
    )
    assert named
    assert states == EXPECTED
    assert not FileRemoval.objects.exists()
    assert [len(found) for found in rows] == [1] * len(EXPECTED)
    assert (after_sweep, breaches) == (NONE, NONE)
    assert not Upload.objects.filter(stored=None, given_up=None).exists()


def test_the_naive_order_leaves_files_that_no_row_names(media: Path) -> None:
    run("naive", media, {point: uuid4() for point in NAIVE_POINTS})
    assert compare([]).orphan == len(NAIVE_POINTS)
