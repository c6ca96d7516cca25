"""With a connection pooler between digitrec and PostgreSQL: by sessions it works, else it is told.

A small pooler of the tests' own stands in; where PgBouncer is installed, it is tried as well.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg2
import pytest

from digitrec.launch import embedded_postgres
from digitrec.launch.embedded_postgres import EmbeddedPostgres
from digitrec.launch.postgres_cluster import SOCKET_NAME
from tests.digitrec.launcher import PROJECT, Launcher, as_nobody, copy_project
from tests.digitrec.pooler import Pooler

START_TIMEOUT_S = 20
REFUSAL = "a connection pooler gives every transaction another session"
TIMEOUT = """
from django.db import connection
cursor = connection.cursor()
cursor.execute("SHOW statement_timeout")
print(cursor.fetchone()[0])
"""
READINESS = """
from django.test import Client
print(Client().get("/healthz/ready", headers={"host": "localhost"}).json()["database"])
"""

# Makes a pooler, and tells its address: by "sessions" or by "transactions".
Pool = Callable[[str], AbstractContextManager[str]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    folder = tmp_path_factory.mktemp("pooled") / "postgres"
    with EmbeddedPostgres(folder, durable=False) as server:
        # PgBouncer refuses root, and the server lets in no other user than whoever started it.
        (folder / "pg_hba.conf").write_text("local all all trust\n")
        assert server._process
        server._process.send_signal(signal.SIGHUP)
        yield server


@pytest.fixture(params=["ours", "pgbouncer"])
def pool(
    request: pytest.FixtureRequest, server: EmbeddedPostgres, tmp_path: Path
) -> Callable[[str], AbstractContextManager[str]]:
    sockets = embedded_postgres._socket_dir(server.data_dir)
    if request.param == "ours":
        return lambda by: _ours(sockets / SOCKET_NAME, by)
    if not shutil.which("pgbouncer"):
        pytest.skip("PgBouncer is not installed")
    return lambda by: _pgbouncer(sockets, by, tmp_path)


@contextmanager
def _ours(server: Path, by: str) -> Iterator[str]:
    with Pooler(server, by=by) as pooler:
        yield pooler.url


@contextmanager
def _pgbouncer(sockets: Path, by: str, folder: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\ndigitrec = host={sockets} user=digitrec\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = any\npool_mode = {by.removesuffix('s')}\n"
    )
    program = subprocess.Popen(
        [*as_nobody(), "pgbouncer", "-q", settings], stderr=subprocess.DEVNULL
    )
    url = f"postgresql://digitrec@127.0.0.1:{port}/digitrec"
    try:
        _wait_for(url)
        yield url
    finally:
        program.terminate()
        program.wait()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            return psycopg2.connect(url).close()
        except psycopg2.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def _python(url: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env={
            "PATH": os.environ["PATH"],
            "SECRET_KEY": "for-tests-only",
            "DJANGO_SETTINGS_MODULE": "digitrec.settings",
            "DATABASE_URL": url,
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def _web(url: str, script: str) -> str:
    """What a script prints in a process that answers requests."""
    done = _python(url, "-c", f"import django; django.setup()\n{script}", WEB_PROCESS="1")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_startup_options_are_refused_by_poolers(pool: Pool) -> None:
    with pool("sessions") as url, pytest.raises(psycopg2.OperationalError, match="options"):
        psycopg2.connect(url, options="-c statement_timeout=5s")


def test_by_sessions_requests_wait_no_longer_than_people_do(pool: Pool) -> None:
    with pool("sessions") as url:
        assert _web(url, TIMEOUT) == "5s"


def test_by_sessions_the_database_is_made_and_ready(pool: Pool) -> None:
    with pool("sessions") as url:
        assert _python(url, "-m", "django", "migrate", "--verbosity", "0").returncode == 0
        assert _web(url, READINESS) == "ok"


def test_by_transactions_nothing_is_migrated_and_the_reason_told(pool: Pool) -> None:
    with pool("transactions") as url:
        done = _python(url, "-m", "django", "migrate")
    assert done.returncode == 1
    assert REFUSAL in done.stderr
    assert "pool_mode = session" in done.stderr
    assert "Applying" not in done.stdout


def test_by_transactions_a_server_is_not_ready_and_says_why(pool: Pool) -> None:
    with pool("transactions") as url:
        assert _web(url, READINESS) == "pooled by transactions"


def test_by_transactions_a_start_is_refused_in_one_line(pool: Pool, tmp_path: Path) -> None:
    with pool("transactions") as url:
        launcher = Launcher(copy_project(tmp_path / "digitrec"), {"DATABASE_URL": url})
        assert launcher.wait() == 1
    assert REFUSAL in launcher.printed
    assert launcher.printed.count("\n") == 1


def test_without_a_pooler_a_session_is_our_own(server: EmbeddedPostgres) -> None:
    assert _web(server.url, READINESS) == "ok"
    assert _web(server.url, TIMEOUT) == "5s"
