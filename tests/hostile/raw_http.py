"""Requests as their bytes, for what no client library would send."""

import re
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass

from tests.digitrec.launcher import Launcher

BOUNDARY = "a-boundary-of-ours"
TIMEOUT_S = 30
FORM = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True)
class Answer:
    """What came back; the status is 0 where the connection was closed without a word."""

    status: int
    headers: str
    body: str


@dataclass(frozen=True)
class Visitor:
    """Somebody who has the page and its token; they send whatever they like."""

    port: int
    cookie: str
    token: str

    @classmethod
    def of(cls, launcher: Launcher) -> "Visitor":
        page = exchange(launcher.port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        cookie = re.search(r"csrftoken=(\w+)", page.headers)
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.body)
        assert cookie
        assert token
        return cls(launcher.port, cookie[1], token[1])

    def head(
        self, length: int | str | None, content_type: str = FORM, *more: str, method: str = "POST"
    ) -> bytes:
        lines = [
            f"{method} / HTTP/1.1",
            "Host: localhost",
            f"Cookie: csrftoken={self.cookie}",
            f"X-CSRFToken: {self.token}",
            *([f"Content-Type: {content_type}"] if content_type else []),
            *([] if length is None else [f"Content-Length: {length}"]),
            *more,
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    def post(self, body: bytes, content_type: str = FORM, *more: str) -> Answer:
        return exchange(self.port, self.head(len(body), content_type, *more) + body)


def field(name: str, value: bytes) -> bytes:
    return _part(f'Content-Disposition: form-data; name="{name}"', value)


def file(content: bytes, *more_lines: str, name: str = "a.png") -> bytes:
    disposition = f'Content-Disposition: form-data; name="picture"; filename="{name}"'
    return _part("\r\n".join([disposition, "Content-Type: image/png", *more_lines]), content)


def _part(head: str, content: bytes) -> bytes:
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def exchange(port: int, request: bytes, *, half_close: bool = False) -> Answer:
    """Send this, and read until an answer is whole or the connection is closed."""
    with connected(port) as connection:
        return talk(connection, [request], half_close=half_close)


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)


def talk(connection: socket.socket, parts: Iterable[bytes], *, half_close: bool = False) -> Answer:
    received = b""
    try:
        for sent in parts:
            connection.sendall(sent)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has answered, and hears no more
    until = time.monotonic() + TIMEOUT_S
    while not _is_whole(received) and time.monotonic() < until:
        try:
            chunk = connection.recv(65536)
        except ConnectionResetError:
            break
        if not chunk:
            break
        received += chunk
    return _answer(received)


def _is_whole(received: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(end and length and len(body) >= int(length[1]))


def _answer(received: bytes) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.\d (\d{3})", head)
    return Answer(
        int(status[1]) if status else 0, head.decode("latin-1"), body.decode(errors="replace")
    )
