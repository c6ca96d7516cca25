"""People who upload without a pause, and what they were promised."""

import hashlib
import http.client
import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Self
from uuid import uuid4

BOUNDARY = "digitrec-fault-run"
# An upload is tried again, with its key, for so long.
PATIENCE_S = 60.0
TIMEOUT_S = 15.0


@dataclass
class Journal:
    """What was sent and what was promised.

    Attributes:
        acked: of every upload that was confirmed, its address and the SHA-256 that was sent.
        statuses: how often each status was answered; 0 for no answer.
        given_up: uploads that were never confirmed.
        waits: seconds of every answer that confirmed one.
    """

    acked: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    given_up: int = 0
    waits: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Clients:
    """Some browsers that upload pictures at once until they are told to stop."""

    def __init__(self, port: int, pictures: list[bytes], count: int, seed: int) -> None:
        self.journal = Journal()
        self._port = port
        self._pictures = pictures
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._go_on, args=(random.Random(seed + number),), daemon=True)
            for number in range(count)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE_S + TIMEOUT_S)

    def _go_on(self, chance: random.Random) -> None:
        browser = Browser(self._port, self.journal)
        while not self._stop.is_set():
            # The same picture twice must still be two uploads: a byte after its end differs.
            data = chance.choice(self._pictures) + uuid4().bytes
            if not browser.upload(data):
                with self.journal.lock:
                    self.journal.given_up += 1


class Browser:
    """One visitor, who keeps cookies."""

    def __init__(self, port: int, journal: Journal) -> None:
        self._port = port
        self._journal = journal
        self._cookies: dict[str, str] = {}

    def upload(self, data: bytes) -> bool:
        """Upload until it is confirmed, as often as it takes; whether it was."""
        key, deadline, pause = str(uuid4()), time.monotonic() + PATIENCE_S, 0.05
        while time.monotonic() < deadline:
            started = time.monotonic()
            status, location = self._try(data, key)
            with self._journal.lock:
                self._journal.statuses[status] += 1
                if status == 302:
                    self._journal.acked[location] = hashlib.sha256(data).hexdigest()
                    self._journal.waits.append(time.monotonic() - started)
                    return True
            time.sleep(pause)
            pause = min(2 * pause, 1.0)
        return False

    def _try(self, data: bytes, key: str) -> tuple[int, str]:
        try:
            if "csrftoken" not in self._cookies:
                self.ask("GET", "/", b"", {})
            fields = {"csrfmiddlewaretoken": self.token, "key": key}
            return self.ask("POST", "/", _multipart(fields, data), CONTENT_TYPE)
        except (OSError, http.client.HTTPException):
            return 0, ""

    @property
    def token(self) -> str:
        """What a form must bring along."""
        return self._cookies.get("csrftoken", "")

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """The status of the answer, and where it leads on."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        try:
            cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            connection.request(method, path, body, {"Cookie": cookies, **headers})
            response = connection.getresponse()
            response.read()
            for header in response.msg.get_all("Set-Cookie", []):
                if found := re.match(r"([^=]+)=([^;]*)", header):
                    self._cookies[found[1]] = found[2]
            return response.status, response.headers.get("Location", "")
        finally:
            connection.close()


CONTENT_TYPE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def _multipart(fields: dict[str, str], data: bytes) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="picture"; filename="d.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    return b"".join([*parts, head.encode(), data, f"\r\n--{BOUNDARY}--\r\n".encode()])
