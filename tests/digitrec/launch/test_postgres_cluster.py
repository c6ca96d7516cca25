import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from digitrec.launch import postgres_cluster as cluster
from digitrec.launch.cannot_start import DiskFull
from digitrec.launch.server_account import ServerAccount, find_server_account

AS_WE_ARE = ServerAccount((), os.geteuid(), "somebody")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "postgres"
    folder.mkdir()
    return folder


@pytest.fixture
def listening(data: Path) -> Iterator[Path]:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(data / cluster.SOCKET_NAME))
        server.listen()
        yield data / cluster.SOCKET_NAME


def test_the_programs_of_the_wheel_are_found() -> None:
    assert {"initdb", "postgres"} <= {file.name for file in cluster.postgres_programs().iterdir()}


def test_a_new_or_empty_folder_is_accepted(data: Path) -> None:
    cluster.refuse_foreign_data(data)
    cluster.refuse_foreign_data(data / "none")


def test_data_of_another_version_is_refused(data: Path) -> None:
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(cluster.DataFolderUnusable, match="written by PostgreSQL 17 and this is 18"):
        cluster.refuse_foreign_data(data)


def test_a_folder_with_something_else_in_it_is_refused(data: Path) -> None:
    (data / "letter.txt").touch()
    with pytest.raises(cluster.DataFolderUnusable, match="holds something that is no PostgreSQL"):
        cluster.refuse_foreign_data(data)


def test_data_of_another_user_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: data.stat().st_uid + 1)
    with pytest.raises(cluster.DataFolderUnusable, match="belongs to another user"):
        cluster.refuse_foreign_data(data)


def test_a_half_made_folder_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "half").touch()
    programs = cluster.postgres_programs()
    account = find_server_account(tmp_path / "postgres", programs / "postgres")
    cluster.create_cluster(tmp_path / "postgres", programs, account)
    assert (tmp_path / "postgres" / "PG_VERSION").read_text() == f"{cluster.MAJOR_VERSION}\n"
    assert [folder.name for folder in tmp_path.iterdir()] == ["postgres"]


def test_a_folder_that_could_not_be_made_leaves_nothing(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "initdb").write_text("#!/bin/sh\necho 'initdb: error: it broke'\nexit 1\n")
    (programs / "initdb").chmod(0o755)
    with pytest.raises(cluster.PostgresFailed, match="did not start: initdb: error: it broke"):
        cluster.create_cluster(tmp_path / "postgres", programs, AS_WE_ARE)
    assert [folder.name for folder in tmp_path.iterdir()] == ["programs"]


def test_only_who_runs_digitrec_and_root_are_let_in(data: Path) -> None:
    cluster.write_access_rules(data, AS_WE_ARE)
    assert (data / "pg_hba.conf").read_text() == "local all digitrec peer map=digitrec\n"
    assert (data / "pg_ident.conf").read_text().splitlines() == [
        'digitrec "somebody" digitrec',
        'digitrec "root" digitrec',
    ]


def test_a_process_number_of_long_ago_stops_nothing(data: Path) -> None:
    (data / "postmaster.pid").write_text("1\n/data\n")
    cluster.clear_leftovers(data, data / cluster.SOCKET_NAME)
    assert (data / "postmaster.pid").read_text() == f"{os.getpid()}\n/data\n"


def test_a_torn_process_file_stops_nothing(data: Path) -> None:
    (data / "postmaster.pid").touch()
    cluster.clear_leftovers(data, data / cluster.SOCKET_NAME)
    assert (data / "postmaster.pid").read_text().splitlines()[0] == str(os.getpid())


def test_a_dead_socket_is_removed(data: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(data / cluster.SOCKET_NAME))
    cluster.clear_leftovers(data, data / cluster.SOCKET_NAME)
    assert not (data / cluster.SOCKET_NAME).exists()


@pytest.mark.parametrize("content", ["", "no number\n", "0\n", "-1\n"])
def test_a_server_whose_number_is_unknown_is_not_shot_at(
    content: str, data: Path, listening: Path
) -> None:
    (data / "postmaster.pid").write_text(content)
    with pytest.raises(cluster.PostgresFailed, match="An earlier PostgreSQL"):
        cluster.clear_leftovers(data, listening)


def test_a_full_disk_is_named() -> None:
    output = "FATAL:  could not write lock file: No space left on device\n"
    assert isinstance(cluster.failure(output), DiskFull)


def test_the_line_that_tells_is_shown(tmp_path: Path) -> None:
    output = "LOG:  starting\nFATAL:  the cause\nHINT:  read the manual\n"
    sentence = str(cluster.failure(output, tmp_path / "log"))
    assert sentence == f"PostgreSQL did not start: FATAL:  the cause (more in {tmp_path / 'log'})"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_everything_in_the_folder_is_given_to_the_server(data: Path) -> None:
    (data / "base").mkdir()
    (data / "base" / "1").touch()
    (data / "link").symlink_to("/etc/passwd")
    cluster.change_owner(1, data)
    assert {path.lstat().st_uid for path in (data, *data.rglob("*"))} == {1}
    assert Path("/etc/passwd").stat().st_uid == 0
