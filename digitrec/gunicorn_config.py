"""How gunicorn serves digitrec; read by `python -m digitrec.serve` and by any other start of it."""

import os
import shutil
import socket
import struct
import tempfile
from pathlib import Path
from typing import Any

from digitrec import environment

worker_class = "gthread"
workers = environment.whole_number("WEB_WORKERS", 2, minimum=1)
threads = environment.whole_number("WEB_THREADS", 4, minimum=1)
# A model that is loaded before the fork hangs in the child.
preload_app = False

# A picture takes under 1 s to read; a worker silent for this long hangs.
timeout = 60
# What is being answered when a stop is asked for may finish.
graceful_timeout = 25
keepalive = 5
# A thread waits for the rest of a request no longer than this without hearing anything.
SILENCE_S = 10
# A worker proves that it lives by touching a file: in memory, a slow disk can't get it killed.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108

# A warning about a malformed request would tell who sent it.
loglevel = "error"
# recognizer.monitoring.events tells of each request, without saying who asked.
accesslog = None
# A socket by which gunicorn could be steered: nothing here uses it.
control_socket_disable = True
proc_name = "digitrec"


# Where the processes add up what they count; see recognizer.monitoring.exposition.
METRICS_DIR = "PROMETHEUS_MULTIPROC_DIR"
METRICS_PREFIX = "digitrec-metrics-"


def on_starting(_server: Any) -> None:
    """Make a folder for what is counted, empty at every start and in memory if possible."""
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
    """Have every connection inherit from the listening socket how long to wait for more."""
    for listener in server.LISTENERS:
        listener.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", SILENCE_S, 0)
        )
