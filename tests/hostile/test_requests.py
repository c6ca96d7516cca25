"""Requests that no browser sends, against the real server."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from digitrec.gunicorn_config import SILENCE_S
from tests.digitrec.launcher import Launcher, copy_project
from tests.hostile.pictures import JPEG, PNG
from tests.hostile.raw_http import (
    FORM,
    Answer,
    Visitor,
    connected,
    exchange,
    field,
    file,
    form,
    talk,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")

WHOLE = form(file(PNG))
LARGE = form(file(PNG + bytes(4_000_000)))
SLOW = 3  # of the four threads that even a single process has
# Nobody reads what the server prints once it is ready, and a full pipe would stop it.
INTO_A_FILE = ("sh", "-c", 'exec "$@" 2> printed', "sh")


def printed(server: Launcher) -> str:
    return (server.folder / "printed").read_text()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    folder = copy_project(tmp_path_factory.mktemp("requests") / "digitrec")
    with Launcher(folder, prefix=INTO_A_FILE) as launcher:
        yield launcher


@pytest.fixture(scope="module")
def visitor(server: Launcher) -> Visitor:
    return Visitor.of(server)


@pytest.fixture
def kept(server: Launcher) -> Iterator[None]:
    """Nothing of a refused request is left on the disk."""
    before = files(server.folder)
    yield
    assert files(server.folder) == before


def files(folder: Path) -> set[Path]:
    return {path for path in (folder / "media").rglob("uploads/**/*") if path.is_file()}


def test_a_whole_form_is_taken(visitor: Visitor) -> None:
    assert visitor.post(WHOLE).status == 302


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (WHOLE, "multipart/form-data", 400),
        (WHOLE, "multipart/form-data; boundary=another", 400),
        (WHOLE, f"multipart/form-data; boundary={'b' * 300}", 400),
        (file(PNG), FORM, 400),
        (form(), FORM, 400),
        (form(file(PNG, name="")), FORM, 400),
        (form(field("picture", PNG)), FORM, 400),
        (form(file(PNG), file(JPEG)), FORM, 400),
        (form(*[file(b"x")] * 101), FORM, 400),
        (form(*[field(f"f{number}", b"") for number in range(1001)]), FORM, 400),
        (form(field("source", b"x" * 3_000_000)), FORM, 400),
        (form(file(PNG, f"X-Long: {'x' * 200_000}")), FORM, 400),
        (form(file(b"&&&not base64&&&", "Content-Transfer-Encoding: base64")), FORM, 400),
        (b"picture=42", "application/x-www-form-urlencoded", 415),
        (b'{"picture": 42}', "application/json", 415),
        (b"", "", 415),
        (b"\0" * 1000, "\0", 400),
    ],
    ids=[
        "no boundary",
        "another boundary",
        "a boundary of 300 letters",
        "no end",
        "no field",
        "no name",
        "a text for a file",
        "two files",
        "101 files",
        "1,001 fields",
        "3 MB of text",
        "a part with a head of 200 kB",
        "no base64",
        "no form",
        "JSON",
        "nothing",
        "a type of zeros",
    ],
)
def test_a_malformed_form_is_refused(
    visitor: Visitor, body: bytes, content_type: str, status: int
) -> None:
    assert visitor.post(body, content_type).status == status


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("share", [0.5, 0.99, 0.999999])
@pytest.mark.parametrize("body", [WHOLE, LARGE], ids=["small", "large"])
def test_a_form_that_is_cut_off_leaves_nothing(visitor: Visitor, body: bytes, share: float) -> None:
    cut = body[: int(len(body) * share)]
    answer = exchange(visitor.port, visitor.head(len(body)) + cut, half_close=True)
    assert answer.status in {0, 400}


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("length", ["abc", "-5", "+5", "1e3", "99999999999999999999"])
def test_a_length_that_is_none_is_refused(visitor: Visitor, length: str) -> None:
    answer = exchange(visitor.port, visitor.head(length) + WHOLE, half_close=True)
    assert answer.status in {400, 413}


@pytest.mark.usefixtures("kept")
def test_a_length_and_chunks_at_once_are_refused(visitor: Visitor) -> None:
    head = visitor.head(len(WHOLE), FORM, "Transfer-Encoding: chunked")
    assert exchange(visitor.port, head + WHOLE, half_close=True).status == 400


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("size", [1000, 11 * 2**20])
def test_chunks_without_a_length_are_refused(visitor: Visitor, size: int) -> None:
    head = visitor.head(None, FORM, "Transfer-Encoding: chunked", "Connection: close")
    body = f"{size:x}\r\n".encode() + bytes(size) + b"\r\n0\r\n\r\n"
    assert exchange(visitor.port, head + body).status in {0, 411}


@pytest.mark.usefixtures("kept")
def test_a_body_of_11_mb_is_refused_in_words(visitor: Visitor) -> None:
    started = time.monotonic()
    answer = exchange(visitor.port, visitor.head(11 * 2**20))
    assert time.monotonic() - started < SILENCE_S / 2
    assert answer.status == 413
    assert "This file is larger than 10 MB." in answer.body


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    "head",
    [
        ("Cookie: sessionid=garbage", "Origin: null"),
        ("Origin: https://evil.example",),
    ],
)
def test_a_form_from_elsewhere_is_refused(visitor: Visitor, head: tuple[str, ...]) -> None:
    assert visitor.post(WHOLE, FORM, *head).status == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "NONSENSE"])
def test_other_methods_are_refused(visitor: Visitor, method: str) -> None:
    answer = exchange(visitor.port, visitor.head(0, "", method=method))
    assert answer.status in {403, 405}


@pytest.mark.parametrize(
    "path",
    [
        "/media/../digitrec/settings.py",
        "/static/../digitrec/settings.py",
        "/static/%2e%2e/digitrec/settings.py",
        "/static//etc/passwd",
        "//etc/passwd",
        "/static/%00",
        "/uploads/%00/",
        "/uploads/../../etc/passwd",
        "/uploads/..%2f..%2fetc%2fpasswd",
        "/\\..\\..\\windows\\win.ini",
    ],
)
def test_no_path_leads_out(server: Launcher, path: str) -> None:
    answer = get(server, path)
    assert answer.status in {400, 404}
    assert "SECRET_KEY" not in answer.body


@pytest.mark.parametrize(
    ("host", "more", "status"),
    [
        ("evil.example", (), 400),
        ("localhost:80@evil.example", (), 400),
        ("localhost\r\nHost: evil.example", (), 400),
        ("localhost", ("X-Forwarded-Host: evil.example",), 200),
        ("localhost", ("X-Accel-Redirect: /etc/passwd", "X-Sendfile: /etc/passwd"), 200),
    ],
)
def test_forged_hosts_change_nothing(
    server: Launcher, host: str, more: tuple[str, ...], status: int
) -> None:
    answer = get(server, "/", host, *more)
    assert answer.status == status
    assert "evil.example" not in answer.body + answer.headers
    assert "root:" not in answer.body


def test_slow_bodies_keep_nobody_else_waiting(server: Launcher, visitor: Visitor) -> None:
    slow = [connected(server.port) for _ in range(SLOW)]
    try:
        for connection in slow:
            connection.sendall(visitor.head(len(LARGE)) + LARGE[:1000])
        started = time.monotonic()
        assert visitor.post(WHOLE).status == 302
        assert time.monotonic() - started < SILENCE_S / 2
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\nHost: loc", None], ids=["head", "body"])
def test_who_falls_silent_is_hung_up_on(
    server: Launcher, visitor: Visitor, sent: bytes | None
) -> None:
    with connected(server.port) as connection:
        started = time.monotonic()
        answer = talk(connection, [sent or visitor.head(len(WHOLE)) + WHOLE[:500]])
        assert answer.status in {0, 400, 403}
        assert time.monotonic() - started < SILENCE_S + 5


def test_nothing_of_all_this_was_an_error_of_ours(server: Launcher) -> None:
    """The last test here: it looks at what the others left in the log."""
    assert "Internal Server Error" not in printed(server)


def get(server: Launcher, path: str, host: str = "localhost", *more: str) -> Answer:
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: close", *more, "", ""]
    return exchange(server.port, "\r\n".join(lines).encode())
