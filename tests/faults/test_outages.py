"""Kills and outages under load: nothing confirmed is lost, and no fault is shown.

FAULTS_SECONDS sets how long each run lasts; `make faults` runs them for longer.
"""

import os
import random
import re
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.digitrec.launcher import processes_in
from tests.faults.clients import Clients
from tests.faults.report import report
from tests.faults.server import Outcome, Site, outcome, running_site
from tests.makers import digits_png

SECONDS = float(os.environ.get("FAULTS_SECONDS", "12"))
SEED = int(os.environ.get("FAULTS_SEED", "7"))
CLIENTS = 4


@pytest.fixture
def pictures() -> list[bytes]:
    return [digits_png(text) for text in ("7", "42", "5041", "12|34")]


def figures(found: Outcome) -> dict[str, int]:
    return {
        "acked": found.acked,
        "lost": found.lost,
        "orphan": found.orphans,
        "dup": found.duplicates,
        "pending": found.pending,
        "http500": found.http500,
        "seed": SEED,
    }


def web_workers(site: Site) -> list[int]:
    """The processes of gunicorn that answer requests, without the one that watches over them."""
    gunicorn = [n for n, command in processes_in(site.folder).items() if "gunicorn" in command]
    return [number for number in gunicorn if _parent_of(number) in gunicorn]


def _parent_of(number: int) -> int:
    with suppress(OSError):
        found = re.search(r"PPid:\t(\d+)", Path(f"/proc/{number}/status").read_text())
        return int(found[1]) if found else 0
    return 0


def kill_workers(site: Site, chance: random.Random, seconds: float) -> int:
    kills, deadline = 0, time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(chance.uniform(0.2, 0.8))
        if workers := web_workers(site):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)
                kills += 1
    return kills


def test_f1_killed_workers_lose_nothing(tmp_path: Path, pictures: list[bytes]) -> None:
    with running_site(tmp_path) as site:
        with Clients(site.port, pictures, CLIENTS, SEED) as clients:
            kills = kill_workers(site, random.Random(SEED), SECONDS)
        before = outcome(site, clients.journal)
        swept = site.sweep()
        found = outcome(site, clients.journal)
        report("F1", kills=kills, **figures(found))
        assert kills >= SECONDS / 2
        assert found.acked > kills
        assert before.orphans == 0
        assert found.is_clean, (found, swept)


# As most write it: the file first, the row once all is read, and no key.
NAIVE = """
import hashlib
from django.core.files.base import ContentFile
from django.utils import timezone
from recognizer.models import stored_name
from recognizer.uploads.reading import create_prediction, read_pixels

def recognize(given, owner):
    image = cleaned(given)
    upload = Upload(
        user=owner.user, visitor=None if owner.user else owner.visitor, source=given.source,
        sha256=image.sha256, file_sha256=hashlib.sha256(image.encoded).hexdigest(),
        width=image.width, height=image.height, byte_size=image.byte_size,
    )
    upload.file.name = stored_name(upload, image.extension)
    upload.file.storage.save(upload.file.name, ContentFile(image.encoded))
    outcome = read_pixels(Pixels(image.pixels, image.size))
    upload.stored = timezone.now()
    upload.save(force_insert=True)
    upload.current_prediction = create_prediction(upload, outcome)
    upload.save(update_fields=["current_prediction"])
    return upload
"""


def test_f1_would_find_out_a_naive_order_of_writing(tmp_path: Path, pictures: list[bytes]) -> None:
    with running_site(tmp_path) as site:
        module = site.folder / "recognizer" / "uploads" / "recognition.py"
        module.write_text(module.read_text() + NAIVE)
        for number in web_workers(site):
            os.kill(number, signal.SIGKILL)
        with Clients(site.port, pictures, CLIENTS, SEED) as clients:
            kill_workers(site, random.Random(SEED), SECONDS)
        found = outcome(site, clients.journal)
        report("F1-naive", **figures(found))
        assert found.orphans + found.duplicates > 0


def test_f5_a_database_that_restarts_is_an_outage_and_no_fault(
    tmp_path: Path, pictures: list[bytes]
) -> None:
    with running_site(tmp_path) as site:
        with Clients(site.port, pictures, CLIENTS, SEED) as clients:
            for _ in range(2):
                time.sleep(SECONDS / 6)
                site.database.stop()
                time.sleep(SECONDS / 12)
                site.database.start()
            time.sleep(SECONDS / 3)
        site.sweep()
        found = outcome(site, clients.journal)
        report("F5", unavailable=clients.journal.statuses[503], **figures(found))
        assert clients.journal.statuses[503] > 0
        assert clients.journal.given_up == 0
        assert found.is_clean


def test_f6_without_a_database_answers_come_at_once_and_all_is_well_again_by_itself(
    tmp_path: Path, pictures: list[bytes]
) -> None:
    with running_site(tmp_path) as site:
        site.database.stop()
        statuses, slowest = [], 0.0
        for path in ("/healthz/live", "/healthz/ready", "/uploads/", "/") * 3:
            started = time.monotonic()
            statuses.append((path, site.launcher.answer(path)[0]))
            slowest = max(slowest, time.monotonic() - started)
        site.database.start()
        restored = time.monotonic()
        with Clients(site.port, pictures, 1, SEED) as clients:
            while not clients.journal.acked and time.monotonic() < restored + 30:
                time.sleep(0.05)
            recovery = time.monotonic() - restored
        report("F6", slowest_ms=round(slowest * 1000), recovery_ms=round(recovery * 1000))
        assert ("/healthz/live", 200) in statuses
        assert ("/healthz/ready", 503) in statuses
        assert not [status for status in statuses if status[1] == 500]
        assert slowest < 3
        assert recovery < 5


def test_f7_sessions_of_the_database_that_are_cut_lose_nothing(
    tmp_path: Path, pictures: list[bytes]
) -> None:
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' "
        "ORDER BY random() LIMIT 1"
    )
    with running_site(tmp_path) as site:
        cuts, deadline = 0, time.monotonic() + SECONDS
        with Clients(site.port, pictures, CLIENTS, SEED) as clients:
            while time.monotonic() < deadline:
                time.sleep(0.2)
                cuts += len(site.rows(cut))
        site.sweep()
        found = outcome(site, clients.journal)
        report("F7", cuts=cuts, unavailable=clients.journal.statuses[503], **figures(found))
        assert cuts > SECONDS
        assert clients.journal.given_up == 0
        assert found.is_clean


def test_f15_a_rolling_restart_fails_no_request(tmp_path: Path, pictures: list[bytes]) -> None:
    with running_site(tmp_path) as site:
        with Clients(site.port, pictures, CLIENTS, SEED) as clients:
            for _ in range(2):
                time.sleep(SECONDS / 3)
                os.kill(master_of(site), signal.SIGHUP)
            time.sleep(SECONDS / 3)
        found = outcome(site, clients.journal)
        failed = sum(n for status, n in clients.journal.statuses.items() if status != 302)
        report("F15", failed=failed, **figures(found))
        assert failed == 0
        assert found.is_clean


def master_of(site: Site) -> int:
    """The gunicorn that watches over the others."""
    gunicorn = [n for n, command in processes_in(site.folder).items() if "gunicorn" in command]
    return min(gunicorn)


def test_l1_eight_clients_are_served_without_an_error(
    tmp_path: Path, pictures: list[bytes]
) -> None:
    with running_site(tmp_path) as site:
        started = time.monotonic()
        with Clients(site.port, pictures, 8, SEED) as clients:
            time.sleep(SECONDS)
        seconds = time.monotonic() - started
        found = outcome(site, clients.journal)
        waits = sorted(clients.journal.waits)
        report(
            "L1",
            per_second=round(found.acked / seconds, 1),
            p95_ms=round(1000 * waits[int(0.95 * len(waits))]),
            p99_ms=round(1000 * waits[int(0.99 * len(waits))]),
            **figures(found),
        )
        assert set(clients.journal.statuses) == {302}
        assert found.is_clean
