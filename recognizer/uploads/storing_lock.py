"""One at a time stores an upload: a request, its repetition, or a sweep."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from django.db import Error, connection


@contextmanager
def storing_lock(pk: UUID) -> Iterator[None]:
    """Wait until nobody else stores this upload, and hold others off.

    The lock is the database session's: it ends with its process, however that ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_number(pk)])
    try:
        yield
    finally:
        _unlock(pk)


@contextmanager
def storing_lock_if_free(pk: UUID) -> Iterator[bool]:
    """Whether nobody else stores this upload just now; if so, others are held off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_number(pk)])
        (is_free,) = cursor.fetchone()
    try:
        yield is_free
    finally:
        if is_free:
            _unlock(pk)


def _unlock(pk: UUID) -> None:
    # A session that broke has lost its locks already.
    with suppress(Error), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_number(pk)])


def _number(pk: UUID) -> int:
    """The 64 bits that PostgreSQL knows a lock by."""
    return int.from_bytes(pk.bytes[:8], signed=True)
