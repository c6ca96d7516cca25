"""F3: the whole server killed with `kill -9` under load, and started again by a supervisor."""

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.digitrec.launcher import process_in
from tests.faults.clients import Clients
from tests.faults.report import report
from tests.faults.server import Site, outcome, running_site
from tests.faults.test_outages import CLIENTS, SEED, figures, master_of
from tests.faults.times import is_long_run
from tests.makers import digits_png

ROUNDS = 5 if is_long_run() else 1
LOAD_S = 1
MOST_SECONDS = 10


def kill_master(site: Site) -> None:
    os.kill(master_of(site), signal.SIGKILL)


def kill_group(site: Site) -> None:
    """gunicorn with all its processes."""
    os.killpg(master_of(site), signal.SIGKILL)


def kill_all(site: Site) -> None:
    """gunicorn, and the program that watches over it."""
    group = master_of(site)
    os.kill(process_in(site.folder, "digitrec.serve"), signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


WAYS: list[Callable[[Site], None]] = [kill_master, kill_group, kill_all]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_f3_a_server_that_is_killed_whole_loses_nothing_and_is_back_soon(tmp_path: Path) -> None:
    pictures = [digits_png(text) for text in ("7", "42", "5041", "12|34")]
    waits = []
    # Whoever uploads must find it again.
    with running_site(tmp_path, PORT=str(free_port())) as site:
        with Clients(site.port, pictures, CLIENTS, SEED) as clients:
            for kill in WAYS * ROUNDS:
                time.sleep(LOAD_S)
                killed = time.monotonic()
                kill(site)
                site.launcher.wait()
                site.restart()
                waits.append(time.monotonic() - killed)
            time.sleep(LOAD_S)
        site.sweep()
        found = outcome(site, clients.journal)
        report("F3", kills=len(waits), ready_ms=round(1000 * max(waits)), **figures(found))
        assert clients.journal.given_up == 0
        assert found.is_clean
        assert max(waits) < MOST_SECONDS, waits
