"""Django's checks before a start: of the picture decoder, the deployment and the database."""

from collections.abc import Sequence
from contextlib import closing
from importlib.util import find_spec
from typing import Any

import PIL
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.db import Error as DatabaseError
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from PIL import ImageFile

# In older versions, a picture's metadata can take any amount of memory.
LEAST_PILLOW = (12, 3)
# A pooler may give a connection the same session for some transactions by chance.
ROUNDS = 3
POOLED_BY_TRANSACTIONS = (
    "Between digitrec and PostgreSQL, a connection pooler gives every transaction another session, "
    "so that locks would lock nothing and pictures could be lost."
)
POOL_BY_SESSIONS = (
    "Let it pool by sessions (PgBouncer: pool_mode = session), or name the server itself in "
    "DATABASE_URL."
)


@register()
def pillow_is_safe(**_options: Any) -> list[CheckMessage]:
    if tuple(int(part) for part in PIL.__version__.split(".")[:2]) >= LEAST_PILLOW:
        return []
    return [
        Error(
            f"Pillow {PIL.__version__} is older than {'.'.join(map(str, LEAST_PILLOW))}.",
            hint="Install the requirements anew.",
            id="recognizer.E001",
        )
    ]


@register()
def pictures_are_read_whole(**_options: Any) -> list[CheckMessage]:
    if not ImageFile.LOAD_TRUNCATED_IMAGES:
        return []
    return [
        Error(
            "Pillow is set to take pictures that are cut off (LOAD_TRUNCATED_IMAGES).",
            hint="Find who sets it: half a picture must not be read as a whole one.",
            id="recognizer.E002",
        )
    ]


@register()
def heic_can_be_decoded(**_options: Any) -> list[CheckMessage]:
    if not settings.HEIC or find_spec("pillow_heif"):
        return []
    return [
        Error(
            "HEIC=1 is set, and pillow-heif is not installed.",
            hint="Start with `make run REQUIREMENTS=requirements-heic.txt`, or set HEIC to 0.",
            id="recognizer.E003",
        )
    ]


@register(checks.Tags.security, deploy=True)
def proxy_is_named(**_options: object) -> list[CheckMessage]:
    """Run by `manage.py check --deploy` alone: what is right on one machine is wrong on another."""
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        checks.Warning(
            "HTTPS=1 says that a proxy stands in front, and TRUSTED_PROXIES names none: all "
            "visitors would count as one, who may upload only so often.",
            hint="Set TRUSTED_PROXIES to the proxy's address, such as 127.0.0.1.",
            id="recognizer.W002",
        )
    ]


@register(checks.Tags.database)
def sessions_are_our_own(
    databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """Run by `manage.py migrate`; where the database is away, that says so itself."""
    try:
        if not databases or not sessions_are_shared():
            return []
    except DatabaseError:
        return []
    return [Error(POOLED_BY_TRANSACTIONS, hint=POOL_BY_SESSIONS, id="recognizer.E004")]


def sessions_are_shared() -> bool:
    """Whether connections that are open at a time are given the same session of the database.

    Raises:
        django.db.Error: the database can't be used.
    """
    ours = _session_of(connection)
    # Poolers make numbers up for those who connect to them; PostgreSQL tells its session's.
    if ours == connection.connection.info.backend_pid:
        return False
    with closing(connection.copy()) as other:
        seen = [{_session_of(one) for _ in range(ROUNDS)} for one in (connection, other)]
    return len(seen[0] | seen[1]) != 2 or bool(seen[0] & seen[1])


def _session_of(connected: BaseDatabaseWrapper) -> int:
    with connected.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    return int(number)
