"""F19: two sweeps at once, while pictures come and go."""

import random
import time
from collections import Counter
from datetime import timedelta
from threading import Lock
from uuid import UUID

import pytest

from recognizer.models import FileRemoval, Upload
from recognizer.upkeep import sweep as sweep_module
from recognizer.upkeep.sweep import SweepRunning, sweep
from recognizer.uploads.deletion import delete_uploads
from tests.faults.ledger import NONE, compare
from tests.faults.report import report
from tests.faults.test_f11_failing_disk import SECONDS
from tests.makers import digits_png, make_upload
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

SEED = 19


class Race:
    """Four who send, two who delete, two who sweep."""

    def __init__(self) -> None:
        self.until = time.monotonic() + SECONDS
        self.picture = digits_png("4")
        self.kept: set[UUID] = set()
        self.lock = Lock()
        self.done: Counter[str] = Counter()

    def run(self, number: int) -> None:
        chosen = random.Random(SEED + number)
        act = (self.send, self.send, self.delete, self.sweep)[number % 4]
        while time.monotonic() < self.until:
            act(chosen)

    def send(self, _chosen: random.Random) -> None:
        upload = make_upload(data=self.picture)
        with self.lock:
            self.kept.add(upload.pk)
            self.done["uploads"] += 1

    def delete(self, chosen: random.Random) -> None:
        with self.lock:
            if not self.kept:
                return
            pk = chosen.choice(sorted(self.kept))
            self.kept.remove(pk)
            self.done["deletes"] += 1
        delete_uploads(Upload.objects.filter(pk=pk))
        time.sleep(0.05)

    def sweep(self, _chosen: random.Random) -> None:
        try:
            swept = sweep(apply=True)
        except SweepRunning:
            time.sleep(0.01)
            return
        with self.lock:
            self.done["sweeps"] += 1
            self.done["missing"] += swept.missing
            self.done["quarantined"] += swept.set_aside


def test_no_file_that_is_needed_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    make_upload()  # sets up the folder, loads the model
    # Without its patience, a sweep takes up whatever it sees.
    monkeypatch.setattr(sweep_module, "CUT_OFF_AFTER", timedelta(0))
    monkeypatch.setattr(sweep_module, "STRAY_AFTER", timedelta(0))
    race = Race()
    errors = [answer.exception() for answer in together(8, race.run) if answer.exception()]
    sweep(apply=True)
    breaches = compare(race.kept)
    report(
        "F19",
        uploads=race.done["uploads"],
        deletes=race.done["deletes"],
        sweeps=race.done["sweeps"],
        quarantined=race.done["quarantined"],
        lost=breaches.lost,
        orphan=breaches.orphan,
        partial=breaches.partial,
        missing=race.done["missing"],
        errors=len(errors),
        seed=SEED,
    )
    assert errors == []
    assert (breaches, race.done["missing"]) == (NONE, 0)
    assert race.done["sweeps"] > 1
    assert race.done["deletes"] > 20
    assert Upload.objects.count() == len(race.kept) + 1
    assert not FileRemoval.objects.exists()
