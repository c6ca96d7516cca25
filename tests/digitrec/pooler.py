"""A small connection pooler in front of PostgreSQL, which does what makes PgBouncer different.

It refuses the startup parameter `options`, makes up the number of the session that it tells those
who connect, and pools by sessions or by transactions. psycopg2 speaks the simple protocol alone:
one message that asks, and answers until the server is ready again.
"""

import itertools
import socket
import struct
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

# Questions before the first message: for TLS, and for Kerberos. Both are answered with no.
NO_ENCRYPTION = (80_877_103, 80_877_104)
READY, SESSION_KEY, GOODBYE, IDLE = b"Z", b"K", b"X", b"I"


class Pooler:
    def __init__(self, server: Path, *, by: str) -> None:
        assert by in {"sessions", "transactions"}
        self._server = server
        self._by = by
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sessions: list[Session] = []
        self._lock = threading.Lock()
        self._numbers = itertools.count(1_000_000)

    @property
    def url(self) -> str:
        port = self._listener.getsockname()[1]
        return f"postgresql://digitrec@127.0.0.1:{port}/digitrec"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for session in self._sessions:
            session.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            startup = _startup(client)
            if b"\0options\0" in startup:
                client.sendall(_refusal("unsupported startup parameter: options"))
                return
            session = self._session(startup)
            client.sendall(session.greeting(next(self._numbers)))
            while (question := _message(client))[:1] != GOODBYE:
                # A transaction keeps the session until it ends.
                with session.lock:
                    while session.answer(question, client) != IDLE:
                        question = _message(client)

    def _session(self, startup: bytes) -> "Session":
        with self._lock:
            if self._by == "sessions" or not self._sessions:
                self._sessions.append(Session(self._server, startup))
            return self._sessions[-1]


class Session:
    """A connection to the server, and what the server said when it began."""

    def __init__(self, server: Path, startup: bytes) -> None:
        self.lock = threading.RLock()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(server))
        self._socket.sendall(startup)
        self._said = [_message(self._socket)]
        while self._said[-1][:1] != READY:
            self._said.append(_message(self._socket))

    def close(self) -> None:
        self._socket.close()

    def greeting(self, number: int) -> bytes:
        """What the server said, with another number for the session."""
        key = SESSION_KEY + struct.pack("!iii", 12, number, 0)
        return b"".join(key if said[:1] == SESSION_KEY else said for said in self._said)

    def answer(self, question: bytes, client: socket.socket) -> bytes:
        """Pass a question on and the answers back; returns the state of the transaction."""
        self._socket.sendall(question)
        while True:
            said = _message(self._socket)
            client.sendall(said)
            if said[:1] == READY:
                return said[-1:]


def _startup(client: socket.socket) -> bytes:
    while True:
        head = _exactly(client, 8)
        length, code = struct.unpack("!ii", head)
        if code not in NO_ENCRYPTION:
            return head + _exactly(client, length - 8)
        client.sendall(b"N")


def _message(peer: socket.socket) -> bytes:
    head = _exactly(peer, 5)
    return head + _exactly(peer, struct.unpack("!i", head[1:])[0] - 4)


def _exactly(peer: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        if not (part := peer.recv(count - len(data))):
            raise ConnectionResetError
        data += part
    return data


def _refusal(sentence: str) -> bytes:
    fields = b"SFATAL\0C08P01\0M" + sentence.encode() + b"\0\0"
    return b"E" + struct.pack("!i", len(fields) + 4) + fields
