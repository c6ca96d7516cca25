"""A proxy in front of PostgreSQL that cuts a connection exactly while a COMMIT is under way."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

# As psycopg2 sends it: a simple query, its length, its text.
COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
CHUNK = 65_536


class CuttingProxy:
    """Listens on TCP and passes all on to a server's Unix socket, until it is told to cut."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._commits_left = 0
        self._reaches_server = False
        self._cut = threading.Event()

    @property
    def url(self) -> str:
        port = self._listener.getsockname()[1]
        return f"postgresql://digitrec@127.0.0.1:{port}/digitrec"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def cut(self, nth: int, *, reaches_server: bool, timeout_s: float) -> bool:
        """Cut the connection that sends the nth COMMIT from now on; whether one did in time.

        Args:
            reaches_server: whether it is cut once the server has answered, and the answer is
                lost; else the COMMIT itself is.
        """
        with self._lock:
            self._cut.clear()
            self._reaches_server, self._commits_left = reaches_server, nth
        return self._cut.wait(timeout_s)

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                try:
                    server.connect(str(self._server))
                except OSError:
                    client.close()
                    continue
                _Connection(client, server, self._on_commit, self._cut.set).start()

    def _on_commit(self) -> str:
        """What to do about a COMMIT: "pass", or "lose" it, or lose the "answer"."""
        with self._lock:
            self._commits_left -= 1
            if self._commits_left != 0:
                return "pass"
            return "answer" if self._reaches_server else "lose"


class _Connection:
    def __init__(
        self,
        client: socket.socket,
        server: socket.socket,
        on_commit: Callable[[], str],
        tell_cut: Callable[[], None],
    ) -> None:
        self._client, self._server = client, server
        self._on_commit, self._tell_cut = on_commit, tell_cut
        self._loses_answer = False

    def start(self) -> None:
        for pump in (self._send, self._answer):
            threading.Thread(target=self._until_closed, args=(pump,), daemon=True).start()

    def _until_closed(self, pump: Callable[[], None]) -> None:
        with suppress(OSError):
            pump()
        for each in (self._client, self._server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _send(self) -> None:
        while data := self._client.recv(CHUNK):
            what = self._on_commit() if COMMIT in data else "pass"
            if what == "lose":
                self._tell_cut()
                return
            self._loses_answer = what == "answer"
            self._server.sendall(data)

    def _answer(self) -> None:
        while data := self._server.recv(CHUNK):
            if self._loses_answer:
                self._tell_cut()
                return
            self._client.sendall(data)
