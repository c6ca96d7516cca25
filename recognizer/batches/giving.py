"""Making batches and giving files to them; workers open and read the files later."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recognizer.batches.serving import SERVE
from recognizer.jobs.queue import enqueue_if_few
from recognizer.models import Batch, BatchSource, FileRemoval, SavedRule
from recognizer.refusals import EmptyFile, FileTooLarge, Refusal
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads.deletion import remove_file
from recognizer.uploads.storing import KeyReused, printable_name
from recognizer.uploads.storing_lock import storing_lock

logger = logging.getLogger(__name__)

_CHUNK_BYTES = 1 << 20


class BatchClosed(Refusal):
    code = "batch_closed"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("This batch takes no more pictures. Make a new batch for these."))


class BatchGone(Refusal):
    code = "batch_gone"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This batch was deleted meanwhile. Nothing of it is left."))


class BatchFull(Refusal):
    code = "batch_full"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "A batch takes up to %(count)d files and %(megabytes)d MB. "
                "Make another batch for the rest."
            )
            % {"count": settings.BATCH_PICTURES, "megabytes": settings.BATCH_MEGABYTES}
        )


@dataclass(frozen=True)
class Wanted:
    """A batch as somebody wants it: see the fields of Batch."""

    name: str
    rule: SavedRule | None = None
    one_wrong_in: int = Batch.OneWrongIn.HUNDRED
    skip_identical: bool = False
    keep_days: int | None = None
    key: str = ""


def open_batch(user: User, wanted: Wanted) -> Batch:
    """Make a batch that takes files, or return the one that was made with the same key before."""
    batch = Batch(
        user=user,
        name=wanted.name,
        rule=wanted.rule,
        one_wrong_in=wanted.one_wrong_in,
        skip_identical=wanted.skip_identical,
        keep_days=wanted.keep_days,
        key=wanted.key,
        language=get_language() or "",
    )
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except IntegrityError:
        earlier = Batch.objects.filter(user=user, key=wanted.key).exclude(key="").first()
        if earlier is None:
            raise
        return earlier
    return batch


def give(
    batch: Batch, content: File[Any], name: str, key: str = "", number: int | None = None
) -> BatchSource:
    """Store a file for a batch, and let a worker open it.

    A file given again with the same key is the same source.

    Args:
        content: a picture, or what holds several: a ZIP, a PDF or a TIFF.
        name: the file's name, which a stranger chose.
        key: the giver's own name for this file.
        number: its place among the batch's files, from 0; the next free one if it is taken or None.
            So files that are sent side by side stay in their order.

    Raises:
        Refusal: the file can't be taken; nothing is stored.
        StorageUnavailable: the disk or bucket failed; nothing is stored.
        KeyReused: another file was given with this key before.
    """
    source = _row_of(batch, content, name, key, number)
    with storing_lock(source.pk):
        source = _as_it_is_now(source)
        if source.stored is None:
            _store(source, content)
    return source


def close(batch: Batch) -> None:
    """Note that no more files come; only then can the batch be finished."""
    with transaction.atomic():
        if Batch.objects.filter(pk=batch.pk, closed=None).update(closed=timezone.now()):
            enqueue_if_few(SERVE)
    batch.refresh_from_db()


def reopen(batch: Batch) -> None:
    """Let a batch take files again, unless it was cancelled."""
    Batch.objects.filter(pk=batch.pk, cancelled=None).update(closed=None, finished=None)
    batch.refresh_from_db()


def _row_of(
    batch: Batch, content: File[Any], name: str, key: str, number: int | None
) -> BatchSource:
    """The source's row: a new one, or the one that was made with this key before.

    Committed before the file is written: after a crash, a row names every file there is.
    """
    byte_size, sha256 = _measured(content)
    source = BatchSource(
        batch=batch, name=printable_name(name), sha256=sha256, byte_size=byte_size, key=key
    )
    source.file.name = f"sources/{source.pk.hex[:2]}/{source.pk}"
    with transaction.atomic():
        locked = Batch.objects.select_for_update().filter(pk=batch.pk).first()
        if locked is None:
            raise BatchGone
        if earlier := locked.sources.filter(key=key).exclude(key="").first():
            if earlier.sha256 != sha256:
                raise KeyReused
            return earlier
        source.number = _require_room(locked, byte_size, number)
        source.save(force_insert=True)
    return source


def _measured(content: File[Any]) -> tuple[int, str]:
    """The file's size in bytes, and its SHA-256.

    Raises:
        Refusal: it is empty, or too large.
    """
    byte_size, digest = 0, hashlib.sha256()
    content.seek(0)
    while part := content.read(_CHUNK_BYTES):
        byte_size += len(part)
        digest.update(part)
        if byte_size > settings.BATCH_FILE_MEGABYTES << 20:
            raise FileTooLarge(settings.BATCH_FILE_MEGABYTES << 20)
    if not byte_size:
        raise EmptyFile
    return byte_size, digest.hexdigest()


def _require_room(batch: Batch, byte_size: int, wanted: int | None) -> int:
    """The number of a new source: the wanted one, or the next.

    Raises:
        BatchClosed, BatchFull: there is none.
    """
    if batch.closed or batch.cancelled:
        raise BatchClosed
    held = batch.sources.aggregate(
        count=Count("pk"), last=Max("number", default=-1), bytes=Sum("byte_size", default=0)
    )
    too_large = held["bytes"] + byte_size > settings.BATCH_MEGABYTES << 20
    if held["count"] >= settings.BATCH_PICTURES or too_large:
        raise BatchFull
    if wanted is not None and not batch.sources.filter(number=wanted).exists():
        return wanted
    following: int = held["last"] + 1
    return following


def _as_it_is_now(source: BatchSource) -> BatchSource:
    try:
        return BatchSource.objects.select_related("batch").get(pk=source.pk)
    except BatchSource.DoesNotExist:
        raise BatchGone from None


def _store(source: BatchSource, content: File[Any]) -> None:
    content.seek(0)
    try:
        default_storage.save(str(source.file.name), content)
    except OSError as error:
        logger.exception("the file %s of a batch could not be stored", source.pk)
        abandon(source)
        raise StorageUnavailable from error
    mark_stored(source)


def mark_stored(source: BatchSource) -> None:
    """Note that a file is whole on the storage, and let a worker open it.

    Raises:
        BatchClosed, BatchGone: the batch was cancelled or deleted meanwhile; the file is removed.
    """
    with transaction.atomic():
        source.stored = timezone.now()
        named = BatchSource.objects.filter(pk=source.pk).exclude(file="")
        is_wanted = named.update(stored=source.stored)
        if is_wanted:
            Batch.objects.filter(pk=source.batch_id).update(finished=None)
            enqueue_if_few(SERVE)
    if not is_wanted:
        _remove_what_nobody_names(source)
        raise BatchClosed if Batch.objects.filter(pk=source.batch_id).exists() else BatchGone


def _remove_what_nobody_names(source: BatchSource) -> None:
    """Remove a file whose batch was deleted or cancelled before it was written."""
    removal, _created = FileRemoval.objects.get_or_create(name=str(source.file.name))
    remove_file(removal)


def abandon(source: BatchSource) -> None:
    """Delete a source that was never stored: nobody was told that it was taken."""
    BatchSource.objects.filter(pk=source.pk).delete()  # a trigger inserts its FileRemoval
