"""Whether the parts that this process needs work at the moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from mlmodel.artifact.card import ModelError
from recognizer.checks import sessions_are_shared
from recognizer.model_versions import active_model
from recognizer.storage.protocol import picture_storage

# An answer is reused for this long, because probes come often.
GOOD_FOR_S = 2.0
FINE = "ok"

_lock = threading.Lock()
_has_own_sessions = threading.Event()
_known: tuple[float, dict[str, str]] | None = None


def state_of_parts() -> dict[str, str]:
    """Each part's state: "ok", or a word for its problem that reveals nothing to strangers."""
    global _known  # noqa: PLW0603 - one answer for all threads
    with _lock:
        now = time.monotonic()
        if _known is None or now - _known[0] > GOOD_FOR_S:
            _known = time.monotonic(), {name: part() for name, part in PARTS.items()}
        return _known[1]


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        # Asked until it is known: it takes a connection more, which a busy pooler may not have.
        if not _has_own_sessions.is_set() and sessions_are_shared():
            return "pooled by transactions"
    except Error:
        return "away"
    _has_own_sessions.set()
    return FINE


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return "unknown"
    return "pending" if pending else FINE


def _storage() -> str:
    try:
        picture_storage().require_usable()
    except (OSError, Error):
        return "away"
    return FINE


def _model() -> str:
    try:
        active_model.model()
    except ModelError:
        return "missing"
    return FINE


PARTS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "storage": _storage,
    "model": _model,
}
