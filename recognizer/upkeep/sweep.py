"""The sweep, which brings rows and files back in step after something was cut off."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from mlmodel.artifact.card import ModelError
from recognizer.batches import giving
from recognizer.batches.removing import remove_unless_kept
from recognizer.model_versions import active_model
from recognizer.models import Batch, BatchSource, FileRemoval, Upload
from recognizer.storage.protocol import StorageUnavailable
from recognizer.upkeep.verification import (
    QUARANTINE,
    SOURCES,
    UPLOADS,
    files_under,
    is_named,
    is_whole,
    read_if_whole,
    waiting_sources,
)
from recognizer.uploads.deletion import remove_file
from recognizer.uploads.reading import UploadGone, read_stored
from recognizer.uploads.storing import mark_stored
from recognizer.uploads.storing_lock import storing_lock_if_free

logger = logging.getLogger(__name__)

# A request takes seconds, so an unfinished upload older than this was cut off.
CUT_OFF_AFTER = timedelta(minutes=10)
# Whoever gives files to a batch says when there are no more, unless the browser was closed.
OPEN_FOR = timedelta(hours=1)
# A file that no row names is set aside after a day, and removed a week later.
STRAY_AFTER = timedelta(hours=24)
QUARANTINE_FOR = timedelta(days=7)
# The number of the lock that a sweep holds; any number would do.
_SWEEP_LOCK = 7_234_112_903


class SweepRunning(Exception):
    """Another sweep is under way."""


@dataclass
class Sweep:
    """What a sweep found, and dealt with unless it was a dry run.

    Attributes:
        finished: uploads cut off after their file was whole; they are stored now.
        read: stored uploads whose reading was cut off; they are read now.
        given_up: uploads cut off before their file was whole.
        removed: files that deleted uploads had left.
        not_removed: files of deleted uploads that still can't be removed.
        sources_finished: files of batches that were cut off after they were whole.
        sources_dropped: files of batches that were cut off before; nobody was told they were taken.
        batches_closed: batches that nobody closed, and that no longer got files.
        set_aside: files that no row names, moved to the quarantine.
        thrown_away: files whose time in the quarantine was over.
        missing: stored uploads, and files of batches, that are not there.
    """

    finished: int = 0
    read: int = 0
    given_up: int = 0
    sources_finished: int = 0
    sources_dropped: int = 0
    batches_closed: int = 0
    removed: int = 0
    not_removed: int = 0
    set_aside: int = 0
    thrown_away: int = 0
    missing: int = 0


def sweep(*, apply: bool, now: datetime | None = None) -> Sweep:
    """Finish or give up uploads and batches that were cut off; remove files of deleted ones.

    Args:
        apply: False only reports what would be done.
        now: the current time, which tests set.

    Raises:
        SweepRunning: another one is under way; nothing was done.
        OSError: the storage can't be used.
    """
    now = now or timezone.now()
    found = Sweep()
    with only_one():
        _after_cut_off_uploads(found, now - CUT_OFF_AFTER, apply=apply)
        _after_cut_off_sources(found, now - CUT_OFF_AFTER, apply=apply)
        _after_open_batches(found, now - OPEN_FOR, apply=apply)
        _after_deleted_files(found, apply=apply)
        # Listed once only: a bucket takes a second to list a thousand files.
        listed = {*files_under(UPLOADS), *files_under(SOURCES)}
        found.missing = sum(_is_missing(each) for each in _stored() if each.file.name not in listed)
        _after_strays(found, listed, now - STRAY_AFTER, apply=apply)
        _after_quarantine(found, now - QUARANTINE_FOR, apply=apply)
        # Last, because a reader may fail, or be killed for its memory, at every try.
        _after_cut_off_readings(found, now - CUT_OFF_AFTER, apply=apply)
    return found


@contextmanager
def only_one() -> Iterator[None]:
    """Lock out the sweeps of all other processes on all machines; the holder may enter twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_SWEEP_LOCK])
        if not cursor.fetchone()[0]:
            raise SweepRunning("Another sweep is under way.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_SWEEP_LOCK])


def _after_cut_off_uploads(found: Sweep, before: datetime, *, apply: bool) -> None:
    pending = Upload.objects.filter(stored=None, given_up=None, created__lt=before)
    for pk in list(pending.values_list("pk", flat=True)):
        with storing_lock_if_free(pk) as is_free:
            upload = Upload.objects.filter(pk=pk, stored=None, given_up=None).first()
            if is_free and upload:
                with suppress(UploadGone):  # deleted by its owner just now
                    _finish(found, upload, apply=apply)


def _finish(found: Sweep, upload: Upload, *, apply: bool) -> None:
    if read_if_whole(str(upload.file.name), upload.file_sha256) is None:
        found.given_up += 1
        if apply:
            _give_up(upload)
        return
    if apply:
        mark_stored(upload)
    found.finished += 1


def _after_cut_off_sources(found: Sweep, before: datetime, *, apply: bool) -> None:
    pending = BatchSource.objects.filter(stored=None, opened=None, created__lt=before)
    for pk in list(pending.values_list("pk", flat=True)):
        with storing_lock_if_free(pk) as is_free:
            source = pending.filter(pk=pk).first()
            if is_free and source:
                with suppress(giving.BatchGone, giving.BatchClosed):  # just now
                    _finish_source(found, source, apply=apply)


def _finish_source(found: Sweep, source: BatchSource, *, apply: bool) -> None:
    if is_whole(str(source.file.name), source.sha256):
        if apply:
            giving.mark_stored(source)
        found.sources_finished += 1
        return
    if apply:
        giving.abandon(source)
    found.sources_dropped += 1


def _after_open_batches(found: Sweep, before: datetime, *, apply: bool) -> None:
    """Close batches whose giver went away, so that they can be finished."""
    is_filled = BatchSource.objects.filter(batch=OuterRef("pk"), created__gte=before)
    left = Batch.objects.unfinished().filter(closed=None, created__lt=before)
    for batch in list(left.exclude(Exists(is_filled))):
        if apply:
            giving.close(batch)
        found.batches_closed += 1


def _after_cut_off_readings(found: Sweep, before: datetime, *, apply: bool) -> None:
    """Read uploads that were stored but not read, because their server stopped in between.

    Those of batches are for workers: a backlog is no fault, and what ends a worker or was cancelled
    is not to be read here either.
    """
    unread = Upload.objects.unread().filter(created__lt=before, batch_item=None)
    if apply and unread.exists() and not _model_can_read():
        return  # they stay unread: that the model is away is no outcome of a picture
    for upload in unread.iterator():
        try:
            if apply:
                read_stored(upload)
        except (StorageUnavailable, UploadGone):
            logger.exception("upload %s can't be read", upload.pk)
            continue
        found.read += 1


def _model_can_read() -> bool:
    try:
        active_model.model()
    except ModelError:
        logger.exception("the model can't be used")
        return False
    return True


def _give_up(upload: Upload) -> None:
    """Delete an upload's file; its row stays, so that the owner learns what became of it."""
    default_storage.delete(str(upload.file.name))
    Upload.objects.filter(pk=upload.pk).update(given_up=timezone.now())


def _after_deleted_files(found: Sweep, *, apply: bool) -> None:
    for removal in FileRemoval.objects.all():
        is_of_a_batch = removal.name.startswith(f"{SOURCES}/")
        remove = remove_unless_kept if is_of_a_batch else remove_file
        if not apply or remove(removal):
            found.removed += 1
        else:
            found.not_removed += 1


def _after_strays(found: Sweep, listed: set[str], before: datetime, *, apply: bool) -> None:
    for name in listed:
        if is_named(name) or _changed(name) > before:
            continue
        if not apply:
            found.set_aside += 1
            continue
        # A row is inserted before its file, and names are never reused: a file without a row never
        # gets one. Checked a second time, because listing a million files takes a while.
        if not is_named(name) and _set_aside(name):
            found.set_aside += 1


def _set_aside(name: str) -> bool:
    """Move a file to the quarantine, into today's folder; returns whether it was there."""
    try:
        with default_storage.open(name) as file:
            data = bytes(file.read())
    except FileNotFoundError:  # its upload was deleted just now, and so was the file
        return False
    default_storage.save(f"{QUARANTINE}/{timezone.now():%Y-%m-%d}/{name}", ContentFile(data))
    default_storage.delete(name)
    logger.warning("the file %s, which no upload names, was set aside", name)
    return True


def _after_quarantine(found: Sweep, before: datetime, *, apply: bool) -> None:
    for name in files_under(QUARANTINE):
        if _changed(name) < before:
            found.thrown_away += 1
            if apply:
                default_storage.delete(name)


def _changed(name: str) -> datetime:
    try:
        return default_storage.get_modified_time(name)
    except FileNotFoundError:  # removed since it was listed
        return timezone.now()


def _stored() -> Iterator[Upload | BatchSource]:
    yield from Upload.objects.filter(stored__isnull=False).only("file").iterator()
    yield from waiting_sources().only("file").iterator()


def _is_missing(row: Upload | BatchSource) -> bool:
    """Whether the file is gone while its row still names it."""
    name = str(row.file.name)
    if default_storage.exists(name):
        return False
    return type(row)._default_manager.filter(pk=row.pk, file=name).exists()  # noqa: SLF001 - public
