"""Reading the pictures of a batch: many workers at once, each picture once."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import F, QuerySet

from mlmodel.artifact.card import ModelError
from recognizer.batches.opening import (
    MOST_TRIES,
    FileDamaged,
    FileGone,
    WorkerCrashed,
    require_storage,
)
from recognizer.models import Batch, BatchItem, Upload
from recognizer.refusals import Refusal
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads.reading import Outcome, Reader, active_reader, pixels_of, read_pixels
from recognizer.uploads.reading_many import store_outcomes
from recognizer.uploads.rules import rule_by

# Pictures that a worker reads, in a second or so, before it stores what it read: the questions to
# the database are then one for each picture, and else eight.
AT_ONCE = 16
# Pictures that are looked at for some that no other worker holds.
_LOOKED_AT = 64
# Of the last ones in a batch, a worker takes half, so that all workers end at the same time; but no
# fewer than this, because each such part takes the database as long as a whole one.
_FEWEST_AT_ONCE = 4
# Keeps these locks apart from others that have a number for a name.
_LOCK_SPACE = 0x6974 << 48


class ModelAway(StorageUnavailable):
    """No model can read now: the pictures wait."""


def read_some(batch: Batch, until: float, in_hand: Callable[[], None] = lambda: None) -> int:
    """Read waiting pictures of a batch, until a time or until no more are free.

    Args:
        until: by time.monotonic().
        in_hand: called once, before the first ones are read.

    Returns:
        how many were read, or given up.

    Raises:
        StorageUnavailable: the disk, the bucket or the model is away; the pictures wait.
    """
    count = 0
    if not _waiting(batch).exists():
        return count
    while time.monotonic() < until:
        # Loaded before any picture is in hand: a worker that dies meanwhile tries none.
        reader = _reader()
        with _claimed(batch) as items:
            if not items:
                break
            if not count:
                in_hand()
            _read(items, reader)
            count += len(items)
    return count


def _reader() -> Reader:
    try:
        return active_reader()
    except ModelError as error:
        raise ModelAway from error


@contextmanager
def _claimed(batch: Batch) -> Iterator[list[BatchItem]]:
    """Some waiting pictures that no other worker has, locked until the end.

    The locks belong to the database session: they end with the worker, however that ends, and the
    next worker that asks gets its pictures. A picture that some worker died with is tried again
    alone, so that it takes no others with it.
    """
    untried = _waiting(batch).filter(tries=0).order_by("position")
    # Those tried least often come first: a worker may die by no fault of the picture in its hand.
    suspect = _waiting(batch).order_by("tries", "position")
    pks = _locked(untried, AT_ONCE) or _locked(suspect, 1)
    try:
        # Another worker may have read some between the question and the lock.
        items = _waiting(batch).filter(pk__in=pks).select_related("batch", "upload")
        yield list(items.order_by("position")) if pks else []
    finally:
        _unlock(pks)


def _waiting(batch: Batch) -> QuerySet[BatchItem]:
    return BatchItem.objects.filter(
        batch=batch, batch__cancelled=None, state=BatchItem.State.WAITING, upload__isnull=False
    )


def _locked(items: QuerySet[BatchItem], most: int) -> list[int]:
    """The first of these pictures that could be locked; of few, some are left for others."""
    pks = list(items.values_list("pk", flat=True)[:_LOOKED_AT])
    if not pks:
        return pks
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pk FROM unnest(%s::bigint[]) pk WHERE pg_try_advisory_lock(%s | pk) LIMIT %s",
            [pks, _LOCK_SPACE, min(most, max(len(pks) // 2, _FEWEST_AT_ONCE))],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _unlock(pks: Sequence[int]) -> None:
    if not pks:
        return
    # A session that broke has lost its locks already.
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_unlock(key) FROM unnest(%s::bigint[]) key",
            [[_LOCK_SPACE | pk for pk in pks]],
        )


def _read(items: Sequence[BatchItem], reader: Reader) -> None:
    BatchItem.objects.filter(pk__in=[item.pk for item in items]).update(tries=F("tries") + 1)
    try:
        store_outcomes(list(_outcomes(items, reader)))
    except StorageUnavailable:
        # That it is away is no fault of the pictures.
        BatchItem.objects.filter(pk__in=[item.pk for item in items]).update(tries=F("tries") - 1)
        raise


def _outcomes(items: Sequence[BatchItem], reader: Reader) -> Iterator[tuple[Upload, Outcome]]:
    for item in items:
        upload = item.upload
        if item.tries > MOST_TRIES:  # the first one together with others, and three alone
            _give_up(item, WorkerCrashed())
        elif upload and (outcome := _outcome_of(item, upload, reader)):
            yield upload, outcome


def _outcome_of(item: BatchItem, upload: Upload, reader: Reader) -> Outcome | None:
    rule = item.batch.rule_id
    try:
        return read_pixels(pixels_of(upload), rule_by(rule) if rule else None, reader)
    except StorageUnavailable as error:
        if isinstance(error.__cause__, FileNotFoundError):
            _give_up(item, FileGone())
            return None
        require_storage()
        if item.tries + 1 >= MOST_TRIES:
            _give_up(item, FileDamaged())
        return None


def _give_up(item: BatchItem, refusal: Refusal) -> None:
    BatchItem.objects.filter(pk=item.pk).update(
        state=BatchItem.State.FAILED, code=refusal.code, refusal=str(refusal)
    )
