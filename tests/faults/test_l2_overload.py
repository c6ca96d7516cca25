"""More people than two cores can serve: each is answered or told to wait, and nothing is lost."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults.clients import Clients
from tests.faults.report import report
from tests.faults.server import Site, outcome, running_site
from tests.faults.test_outages import SEED, figures, web_workers
from tests.faults.times import percentile, seconds_of_a_run
from tests.makers import digits_png

SECONDS = seconds_of_a_run(short=8)
CLIENTS = 100
ANSWERS = {302, 429, 503}
MOST_MEMORY_MB = 1024


@contextmanager
def watched_memory(site: Site) -> Iterator[list[int]]:
    """The megabytes that all web processes hold together, looked at twice a second."""
    seen: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            seen.append(sum(map(_resident_kb, web_workers(site))) // 1024)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def _resident_kb(process: int) -> int:
    with suppress(OSError):  # it has ended
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0


def seconds_until_quick(site: Site, pictures: list[bytes]) -> float:
    """How long it takes until an upload takes no longer than it does for a few."""
    started = time.monotonic()
    with Clients(site.port, pictures, 1, SEED) as clients:
        while time.monotonic() < started + 30:
            time.sleep(0.05)
            if clients.journal.waits and clients.journal.waits[-1] < 1:
                break
    return time.monotonic() - started


def test_l2_a_hundred_at_once_are_answered_or_told_to_wait(tmp_path: Path) -> None:
    pictures = [digits_png(text) for text in ("7", "42", "5041", "12|34")]
    # Workers have no part in it, and their start would take from what is measured.
    with running_site(tmp_path, WORKERS="0") as site, watched_memory(site) as megabytes:
        with Clients(site.port, pictures, CLIENTS, SEED) as clients:
            time.sleep(SECONDS)
        back_s = seconds_until_quick(site, pictures)
        found = outcome(site, clients.journal)
        journal = clients.journal
        p99_s = percentile(journal.waits, 99)
        report(
            "L2",
            clients=CLIENTS,
            told_to_wait=journal.statuses[429] + journal.statuses[503],
            other=sum(journal.statuses.values())
            - sum(journal.statuses[status] for status in ANSWERS),
            p99_ms=round(1000 * p99_s),
            memory_mb=max(megabytes),
            back_ms=round(1000 * back_s),
            **figures(found),
        )
        assert set(journal.statuses) <= ANSWERS
        assert p99_s <= 5
        assert max(megabytes) <= MOST_MEMORY_MB
        assert back_s <= 5
        assert found.lost == found.http500 == 0
