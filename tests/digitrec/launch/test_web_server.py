import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from digitrec import gunicorn_config
from digitrec.launch.web_server import Address, AddressUnusable, WebServer


@pytest.fixture
def address() -> Iterator[Address]:
    with closing(Address("127.0.0.1", 0)) as taken:
        yield taken


@pytest.fixture
def web(address: Address) -> Iterator[WebServer]:
    """A web server that is not started yet."""
    server = WebServer(address)
    yield server
    server.stop()


def test_port_0_takes_a_free_one(address: Address) -> None:
    assert address.port > 0
    assert address.url == f"http://127.0.0.1:{address.port}"


def test_a_taken_address_belongs_to_nobody_else(address: Address) -> None:
    with pytest.raises(AddressUnusable) as refusal:
        Address("127.0.0.1", address.port)
    assert f"Port {address.port} on 127.0.0.1 is in use" in str(refusal.value)
    assert f"`PORT={address.port % 65535 + 1} make run`" in str(refusal.value)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(AddressUnusable, match="PORT must be a number from 1 to 65535"):
        Address("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no such name", "192.0.2.1"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(AddressUnusable, match=host):
        Address(host, 0)


def test_every_address_is_shown_as_one_that_a_browser_opens() -> None:
    with closing(Address("0.0.0.0", 0)) as address:  # noqa: S104 - that is what is tested
        assert address.url == f"http://127.0.0.1:{address.port}"


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_ipv6_address_is_shown_in_brackets() -> None:
    try:
        with closing(Address("::1", 0)) as address:
            assert address.url == f"http://[::1]:{address.port}"
    except AddressUnusable as refusal:
        pytest.skip(str(refusal))


def test_nothing_runs_before_the_start(web: WebServer) -> None:
    assert web.exit_code() is None


def test_its_end_is_waited_for_longer_than_gunicorn_waits_for_answers(web: WebServer) -> None:
    assert web._stop_timeout_s > gunicorn_config.graceful_timeout


def test_it_answers_and_after_its_end_the_address_is_free(address: Address, web: WebServer) -> None:
    web.start()
    web.wait_until_it_answers()
    assert web.exit_code() is None
    web.stop()
    Address("127.0.0.1", address.port).close()


def test_its_processes_count_together(
    address: Address, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "a-token-of-the-tests")
    web.start()
    web.wait_until_it_answers()
    for _ in range(20):
        _get(address, "/healthz/live")
    counts = {
        line
        for _ in range(8)  # enough to ask each process
        for line in _get(address, "/metrics").splitlines()
        if line.startswith('digitrec_requests_total{route="recognizer:live"')
    }
    assert counts == {'digitrec_requests_total{route="recognizer:live",status="200"} 20.0'}


def test_what_was_counted_is_removed_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(gunicorn_config, "worker_tmp_dir", tmp_path)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "of another server")
    gunicorn_config.on_starting(None)
    assert len(list(tmp_path.iterdir())) == 1
    gunicorn_config.on_exit(None)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_server_counted_is_removed_at_the_next_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(gunicorn_config, "worker_tmp_dir", tmp_path)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "of another server")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for pid in (gone.pid, os.getpid()):
        (tmp_path / f"digitrec-metrics-{pid}-x").mkdir()
    gunicorn_config.on_starting(None)
    left = {folder.name.split("-")[2] for folder in tmp_path.iterdir()}
    assert left == {str(os.getpid())}


def test_it_does_not_say_which_version_it_is(address: Address, web: WebServer) -> None:
    web.start()
    web.wait_until_it_answers()
    connection = http.client.HTTPConnection(address.host, address.port)
    connection.request("OPTIONS", "/about/")  # this is refused without a page
    assert connection.getresponse().headers["Server"] == "gunicorn"
    connection.close()


def _get(address: Address, path: str) -> str:
    connection = http.client.HTTPConnection(address.host, address.port)
    try:
        connection.request("GET", path, headers={"Authorization": "Bearer a-token-of-the-tests"})
        return connection.getresponse().read().decode()
    finally:
        connection.close()
