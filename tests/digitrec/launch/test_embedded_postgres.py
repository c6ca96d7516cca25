import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from digitrec.launch.embedded_postgres import EmbeddedPostgres, url
from digitrec.launch.folder_lock import LockHeld
from digitrec.launch.postgres_cluster import (
    SOCKET_NAME,
    DataFolderUnusable,
    PostgresFailed,
    clear_leftovers,
)
from tests.digitrec.launcher import wait_until_none_in


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all of these tests, because creating it takes most of their time."""
    return tmp_path_factory.mktemp("embedded") / "postgres"


@pytest.fixture
def server(data: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(data, durable=False) as started:
        yield started


def _ask(server: EmbeddedPostgres, query: str) -> object:
    connection = psycopg2.connect(server.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return (cursor.fetchone() or [None])[0] if cursor.description else None
    finally:
        connection.close()


def test_it_answers_where_its_url_says(server: EmbeddedPostgres, data: Path) -> None:
    assert server.url == url(data)
    assert _ask(server, "SELECT current_user || ' in ' || current_database()") == (
        "digitrec in digitrec"
    )


def test_it_speaks_utf_8_and_utc(server: EmbeddedPostgres) -> None:
    assert _ask(server, "SHOW server_encoding") == "UTF8"
    assert _ask(server, "SHOW timezone") == "UTC"


def test_it_listens_to_no_network(server: EmbeddedPostgres) -> None:
    assert _ask(server, "SHOW listen_addresses") == ""


def test_the_role_of_the_web_may_not_read_files_or_start_programs(
    server: EmbeddedPostgres,
) -> None:
    assert _ask(server, "SHOW is_superuser") == "off"
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        _ask(server, "COPY (SELECT 1) TO PROGRAM 'true'")


def test_nobody_gets_in_as_the_superuser(server: EmbeddedPostgres) -> None:
    with pytest.raises(psycopg2.OperationalError, match=r"no pg_hba\.conf entry"):
        psycopg2.connect(server.url.replace("digitrec@", "postgres@"))


def test_a_second_server_of_the_folder_is_refused(server: EmbeddedPostgres, data: Path) -> None:
    with pytest.raises(LockHeld):
        EmbeddedPostgres(data).start()


def test_rows_outlive_a_stop(data: Path) -> None:
    with EmbeddedPostgres(data, durable=False) as server:
        _ask(server, "CREATE TABLE stopped AS SELECT 7 AS digit")
    with EmbeddedPostgres(data, durable=False) as server:
        assert _ask(server, "SELECT digit FROM stopped") == 7


def test_committed_rows_outlive_kill_9(data: Path) -> None:
    with EmbeddedPostgres(data) as server:
        _ask(server, "CREATE TABLE killed AS SELECT 7 AS digit")
        assert server._process
        server._process.send_signal(signal.SIGKILL)
        server._process.wait()
        assert server.exit_code() == -signal.SIGKILL
    with EmbeddedPostgres(data) as server:
        assert _ask(server, "SELECT digit FROM killed") == 7


def test_a_server_left_behind_by_its_launcher_is_ended(server: EmbeddedPostgres) -> None:
    clear_leftovers(server.data_dir, server._socket_dir / SOCKET_NAME)
    assert server._process
    assert server._process.wait(timeout=10) == 0


def test_a_stop_ends_every_process_and_may_come_twice(data: Path) -> None:
    server = EmbeddedPostgres(data, durable=False)
    server.start()
    server.stop()
    server.stop()
    assert wait_until_none_in(data)


def test_nothing_is_opened_to_others(server: EmbeddedPostgres, data: Path) -> None:
    assert data.stat().st_mode & 0o777 == 0o700
    assert data.parent.stat().st_mode & 0o777 == 0o700


def test_a_long_path_works(tmp_path: Path) -> None:
    folder = tmp_path / ("deep, " * 20) / "postgres"
    with EmbeddedPostgres(folder, durable=False) as server:
        assert _ask(server, "SELECT 1") == 1
        short = server._socket_dir
        assert short.stat().st_mode & 0o777 == 0o700
    assert not short.exists()


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("deep" * 30) / "postgres")
    server._socket_dir.symlink_to(tmp_path)
    try:
        with pytest.raises(DataFolderUnusable, match="is not ours"):
            server.start()
    finally:
        server._socket_dir.unlink()


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    EmbeddedPostgres(data).__enter__().stop()
    kept = (data / "postgresql.conf").read_bytes()
    try:
        (data / "postgresql.conf").write_text("no_such_setting = 1\n")
        with pytest.raises(PostgresFailed, match="PostgreSQL did not start: FATAL: "):
            EmbeddedPostgres(data).start()
    finally:
        (data / "postgresql.conf").write_bytes(kept)
