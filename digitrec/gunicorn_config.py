"""Gunicorn's settings, however it is started: by `python -m digitrec.serve` or in another way."""

import os
import shutil
import socket
import struct
import tempfile
from pathlib import Path
from typing import Any

from digitrec import environment
from digitrec.launch.unforced_names import tell_of_unforced_names

worker_class = "gthread"
workers = environment.whole_number("WEB_WORKERS", 2, minimum=1)
threads = environment.whole_number("WEB_THREADS", 4, minimum=1)
# A model that is loaded before the fork hangs in the child.
preload_app = False

# Seconds. A picture takes under 1 s to read, so a worker that is silent for this long hangs.
timeout = 60
# Seconds in which requests in progress may finish when gunicorn is stopped.
graceful_timeout = 25
keepalive = 5
# A thread waits no longer than this for the next bytes of a request.
SILENCE_S = 10
# A worker touches a file to prove that it is alive; in memory, no slow disk gets it killed.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108

# A warning about a malformed request would include the sender's address.
loglevel = "error"
# recognizer.monitoring.events logs each request, without its sender.
accesslog = None
# Through this socket, gunicorn could be controlled; nothing here uses it.
control_socket_disable = True
proc_name = "digitrec"


# The environment variable that names the folder where all processes add up their counts; see
# recognizer.monitoring.exposition.
METRICS_DIR = "PROMETHEUS_MULTIPROC_DIR"
METRICS_PREFIX = "digitrec-metrics-"


def on_starting(_server: Any) -> None:
    """Create the folder for the counts: empty at every start, and in memory if possible."""
    tell_of_unforced_names()
    _remove_what_killed_servers_left()
    prefix = f"{METRICS_PREFIX}{os.getpid()}-"
    os.environ[METRICS_DIR] = tempfile.mkdtemp(prefix=prefix, dir=worker_tmp_dir)


def _remove_what_killed_servers_left() -> None:
    for folder in Path(worker_tmp_dir or tempfile.gettempdir()).glob(f"{METRICS_PREFIX}*-*"):
        owner = folder.name.removeprefix(METRICS_PREFIX).partition("-")[0]
        if owner.isdecimal() and not _runs(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def on_exit(_server: Any) -> None:
    shutil.rmtree(os.environ[METRICS_DIR], ignore_errors=True)


def when_ready(server: Any) -> None:
    """Set the receive timeout of the listening sockets, which every connection inherits."""
    for listener in server.LISTENERS:
        listener.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENCE_S, 0)
        )
