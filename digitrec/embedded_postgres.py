"""A real PostgreSQL of this project's own, for when DATABASE_URL names no server."""

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

SOCKET_NAME = ".s.PGSQL.5432"
MAX_SOCKET_PATH_BYTES = 103  # sun_path holds 104 bytes with its NUL on macOS, 108 on Linux


def embedded_data_dir(project: Path) -> Path:
    return project.resolve() / "var" / "postgres"


def embedded_database_url(project: Path) -> str:
    """Say where the embedded server of a project folder answers; starts and reads nothing."""
    return _database_url(embedded_data_dir(project))


def _database_url(data_dir: Path) -> str:
    return f"postgresql://digitrec@{quote(str(_socket_dir(data_dir)), safe='')}/digitrec"


def _socket_dir(data_dir: Path) -> Path:
    """The data folder itself, which is closed to others; a short path where that is too long."""
    if len(os.fsencode(data_dir / SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES:
        return data_dir
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    # Not the TMPDIR of one shell: manage.py in another must find the same folder.
    return Path("/tmp") / f"digitrec-{name}"  # noqa: S108 - made 0700 and ours before it is used
