"""Uploads that were cut off, and files that no row names."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from recognizer.models import Upload
from tests.makers import digits_png, make_upload_row

LONG_AGO = timedelta(minutes=11)


def cut_off(data: bytes | None, *, ago: timedelta = LONG_AGO) -> Upload:
    """An upload that was never finished: its row, and the bytes that were written, if any."""
    whole = digits_png("42")
    sha256 = hashlib.sha256(whole).hexdigest()
    upload = make_upload_row(stored=None, file_sha256=sha256, created=timezone.now() - ago)
    upload.predictions.all().delete()
    if data is not None:
        default_storage.save(str(upload.file.name), ContentFile(data))
    return upload


def grow_old(path: Path, days: float) -> None:
    moment = timezone.now().timestamp() - days * 24 * 3600
    os.utime(path, (moment, moment))


def stray(media: Path, days: float) -> Path:
    """A file that no upload names."""
    path = media / "uploads" / "ab" / "left-over.png"
    default_storage.save(str(path.relative_to(media)), ContentFile(b"stray"))
    grow_old(path, days)
    return path


@contextmanager
def locked_elsewhere(pk: UUID) -> Iterator[None]:
    """Another process is storing what has this id."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(%s)", [int.from_bytes(pk.bytes[:8], signed=True)]
            )
        yield
    finally:
        other.close()
