"""A lock on each upload: of a request, its repetition and a sweep, only one stores it at a time."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from django.db import Error, connection


@contextmanager
def storing_lock(pk: UUID) -> Iterator[None]:
    """Wait until nobody else is storing this upload, and lock others out meanwhile.

    The lock belongs to the database session: it ends with the process, however that ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_number(pk)])
    try:
        yield
    finally:
        _unlock(pk)


@contextmanager
def storing_lock_if_free(pk: UUID) -> Iterator[bool]:
    """Yield whether nobody else is storing this upload; if so, others are locked out meanwhile."""
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
    """The lock's number in PostgreSQL: the first 64 bits of the upload's id."""
    return int.from_bytes(pk.bytes[:8], signed=True)
