"""F8: the connection to the database is cut exactly while a COMMIT is under way."""

import time
from pathlib import Path

from psycopg2.extensions import parse_dsn

from digitrec.launch import embedded_postgres, postgres_cluster
from tests.faults.clients import Clients
from tests.faults.proxy import CuttingProxy
from tests.faults.report import report
from tests.faults.server import outcome, running_site
from tests.faults.test_outages import SEED, figures
from tests.faults.times import is_long_run
from tests.makers import digits_png

# An upload takes two, and a visitor's first one five. Each is cut, before the server has it and
# after.
COMMITS = range(1, 6)
ROUNDS = 20 if is_long_run() else 1
PATIENCE_S = 30


def socket_of(data_dir: Path) -> Path:
    host = parse_dsn(embedded_postgres.url(data_dir))["host"]
    return Path(host) / postgres_cluster.SOCKET_NAME


def test_f8_a_commit_that_is_cut_off_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    pictures = [digits_png(text) for text in ("7", "42", "5041", "12|34")]
    lost_commits = lost_answers = 0
    with (
        CuttingProxy(socket_of(tmp_path / "postgres")) as proxy,
        running_site(tmp_path, DATABASE_URL=proxy.url) as site,
    ):
        with Clients(site.port, pictures, 2, SEED) as clients:
            for nth in [*COMMITS] * ROUNDS:
                lost_commits += proxy.cut(nth, reaches_server=False, timeout_s=PATIENCE_S)
                time.sleep(0.2)
                lost_answers += proxy.cut(nth, reaches_server=True, timeout_s=PATIENCE_S)
                time.sleep(0.2)
        before = outcome(site, clients.journal)
        site.sweep()
        found = outcome(site, clients.journal)
        report(
            "F8",
            lost_commits=lost_commits,
            lost_answers=lost_answers,
            unavailable=clients.journal.statuses[503],
            **figures(found),
        )
        assert (lost_commits, lost_answers) == (len(COMMITS) * ROUNDS,) * 2
        assert clients.journal.given_up == 0
        assert before.lost == before.duplicates == 0
        assert found.is_clean
