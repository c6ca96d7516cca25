"""Removing the files that batches were made from, unless a backup is copying them.

A backup holds the rows of one moment, and then copies the files that they name. A file whose
pictures are stored right after that moment would be gone when its turn comes.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection

from recognizer.models import FileRemoval
from recognizer.uploads.deletion import remove_file

# The number of the lock that a backup holds; any number would do.
_KEPT = 7_234_112_904


@contextmanager
def files_kept() -> Iterator[None]:
    """Let nobody remove files of batches meanwhile; the next sweep removes them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_KEPT])
    try:
        yield
    finally:
        # A session that broke has lost its locks already.
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_KEPT])


def remove_unless_kept(removal: FileRemoval) -> bool:
    """Remove a file of a batch; returns whether it is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock_shared(%s)", [_KEPT])
        if not cursor.fetchone()[0]:
            return False
        try:
            return remove_file(removal)
        finally:
            cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [_KEPT])
