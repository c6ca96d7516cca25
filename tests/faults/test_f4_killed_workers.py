"""F4: workers and their guard killed with `kill -9` while they read a batch.

In `make test` with fewer pictures. With FAULTS_SECONDS, as in `make faults`: 500.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.digitrec.launcher import processes_in
from tests.faults.batches import Giving, found_in, given, is_finished, read
from tests.faults.disks import small_disk
from tests.faults.report import report
from tests.faults.server import Site, running_site
from tests.faults.test_outages import SEED
from tests.faults.times import is_long_run

PICTURES = 500 if is_long_run() else 60
KILL_EVERY_S = 2.0 if is_long_run() else 1.0
# Every so many are the guard, which takes the workers along and is started anew by the launcher.
GUARDS_SHARE = 0.2
PATIENCE_S = 60 + PICTURES
OUTAGE_S = 10.0 if is_long_run() else 4.0
# Of the tests' clear digits, few are read otherwise.
MOST_WRONG = PICTURES // 50


def workers(site: Site) -> list[int]:
    """The process numbers of the guard, which is the oldest, and of the workers."""
    return [n for n, command in processes_in(site.folder).items() if "django worker" in command]


class Killing:
    """Kills a worker or the guard every KILL_EVERY_S, as often as it is called in that time."""

    def __init__(self, site: Site) -> None:
        self.count = 0
        self._site = site
        self._chance = random.Random(SEED)
        self._next = time.monotonic() + KILL_EVERY_S

    def __call__(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next += KILL_EVERY_S
        guard, *others = sorted(workers(self._site)) or [0]
        if others:  # a guard that was just started has none yet
            is_guard = self._chance.random() < GUARDS_SHARE
            with suppress(ProcessLookupError):
                os.kill(guard if is_guard else self._chance.choice(others), signal.SIGKILL)
                self.count += 1


def wait_until_finished(site: Site, kill: Killing) -> float:
    """Kill until the batch is finished; the seconds that it took."""
    started = time.monotonic()
    while not is_finished(site):
        assert time.monotonic() < started + PATIENCE_S, found_in(site)
        kill()
        time.sleep(0.1)
    return round(time.monotonic() - started, 1)


def conclude(site: Site, run: str, **figures: float) -> None:
    site.sweep()  # a worker that dies while it removes a file leaves that to a sweep
    found = found_in(site)
    report(
        run,
        read=found.items - found.waiting - found.failed,
        of=PICTURES,
        **figures,
        twice=found.twice,
        wrong=found.wrong,
        failed=found.failed,
        waiting=found.waiting,
        orphan=found.orphans,
        lost=found.lost,
        seed=SEED,
    )
    assert found.is_clean(PICTURES), found
    assert found.wrong <= MOST_WRONG


def wait_for(site: Site, pictures: int, kill: Killing) -> None:
    """Kill until so many are read."""
    while read(site) < pictures:
        kill()
        time.sleep(0.1)


def test_f4_every_picture_is_read_once_although_workers_are_killed(tmp_path: Path) -> None:
    with running_site(tmp_path) as site, Giving(site, PICTURES) as giving:
        kill = Killing(site)
        seconds = wait_until_finished(site, kill)
        giving.require_whole()
        conclude(site, "F4", kills=kill.count, seconds=seconds)
        assert kill.count > 1


def test_f4_and_the_database_restarts_in_between(tmp_path: Path) -> None:
    with running_site(tmp_path) as site, Giving(site, PICTURES) as giving:
        kill = Killing(site)
        for part in (4, 2):
            wait_for(site, PICTURES // part, kill)
            site.database.stop()
            time.sleep(OUTAGE_S)
            site.database.start()
        seconds = wait_until_finished(site, kill)
        giving.require_whole()
        conclude(site, "F4-database", kills=kill.count, restarts=2, seconds=seconds)


def test_f4_and_everything_is_killed_and_started_again(tmp_path: Path) -> None:
    with running_site(tmp_path) as site, Giving(site, PICTURES) as giving:
        kill = Killing(site)
        wait_for(site, PICTURES // 3, kill)
        site.launcher.end(signal.SIGKILL)
        site.database.stop()
        site.database.start()
        site.restart()
        seconds = wait_until_finished(site, kill)
        giving.require_whole()
        conclude(site, "F4-restart", kills=kill.count, seconds=seconds)


def test_f4_and_the_disk_is_full_in_between(tmp_path: Path) -> None:
    media = tmp_path / "media"
    with (
        small_disk(media),
        running_site(tmp_path, MEDIA_ROOT=str(media)) as site,
        Giving(site, PICTURES) as giving,
    ):
        kill = Killing(site)
        while given(site) < PICTURES // 4:
            time.sleep(0.01)
        with full(media):
            until = time.monotonic() + OUTAGE_S
            while time.monotonic() < until:
                kill()
                time.sleep(0.1)
        refused = (site.launcher.printed + giving.printed).count("No space left on device")
        seconds = wait_until_finished(site, kill)
        giving.require_whole()
        conclude(site, "F4-disk", kills=kill.count, refused=refused, seconds=seconds)
        assert refused


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Fill a small disk to its last byte."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        ballast.unlink()
