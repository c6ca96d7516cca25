"""The address that people open, and the gunicorn that answers there."""

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

from digitrec import environment
from digitrec.environment import PROJECT
from digitrec.launch.cannot_start import CannotStart
from digitrec.launch.server_account import end_with_parent

MAX_PORT = 65_535
BACKLOG = 2048
ANSWER_TIMEOUT_S = 60
STOP_MARGIN_S = 5
POLL_S = 0.05


class AddressUnusable(CannotStart):
    pass


class WebServerFailed(CannotStart):
    pass


class Address:
    """An address of this machine, bound at once so that no other program can take it meanwhile."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self._listener = _listen(host, port)
        self.port: int = self._listener.getsockname()[1]

    @property
    def netloc(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def path(self) -> str:
        return f"/{environment.url_path('SITE_PATH')}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}{self.path.rstrip('/')}"

    def descriptor(self) -> int:
        return self._listener.fileno()

    def close(self) -> None:
        self._listener.close()


class WebServer:
    """The gunicorn process, until it has answered every request that it accepted."""

    def __init__(self, address: Address) -> None:
        # Imported here: a wrong WEB_WORKERS is then refused in a sentence, before a server starts.
        from digitrec import gunicorn_config

        self._stop_timeout_s = gunicorn_config.graceful_timeout + STOP_MARGIN_S
        self._address = address
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        gunicorn = (sys.executable, "-m", "gunicorn", "--config", "python:digitrec.gunicorn_config")
        descriptor = self._address.descriptor()
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [
                *end_with_parent("QUIT"),
                *gunicorn,
                *("--bind", f"fd://{descriptor}", "digitrec.wsgi:application"),
            ],
            pass_fds=[descriptor],
            stdin=subprocess.DEVNULL,
            cwd=PROJECT,
            start_new_session=True,  # Ctrl-C is for the launcher, which stops this first
        )
        self._address.close()  # or clients would wait in vain once gunicorn stops listening

    def stop(self) -> None:
        """Let gunicorn finish its answers, and wait until it ends; harmless before a start."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(self._stop_timeout_s)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def exit_code(self) -> int | None:
        """Return gunicorn's exit code, or None as long as it has not ended."""
        return self._process.poll() if self._process else None

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + ANSWER_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.exit_code() is not None:
                raise WebServerFailed("The web server ended while it started; see above why.")
            if _answers(self._address):
                return
            time.sleep(POLL_S)
        raise WebServerFailed(f"The web server did not answer within {ANSWER_TIMEOUT_S} s.")


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= MAX_PORT:
        raise AddressUnusable(f"PORT must be a number from 1 to {MAX_PORT}, not {port}.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror:
        raise AddressUnusable(f"HOST={host} is no address of this machine.") from None
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise AddressUnusable(_why_not(error, host, port)) from None
    return listener


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use by another program: "
            f"stop it, or choose another port, as in `PORT={port % MAX_PORT + 1} make run`."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is only for root: choose one above 1023, as in `PORT=8000 make run`."
    return f"Nothing can listen on {host}, port {port}: {error.strerror}."


def _answers(address: Address) -> bool:
    connection = http.client.HTTPConnection(address.netloc, timeout=ANSWER_TIMEOUT_S)
    try:
        connection.request("GET", address.path)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
