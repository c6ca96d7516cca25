"""Reading the pictures of a batch: many workers at once, each picture once."""

import time
from collections.abc import Iterator, Sequence
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
from recognizer.model_versions import active_model
from recognizer.models import Batch, BatchItem, Prediction, Upload
from recognizer.refusals import Refusal
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads.reading import Outcome, pixels_of, read_pixels
from recognizer.uploads.reading_many import store_outcomes
from recognizer.uploads.rules import rule_by

# Pictures that a worker reads before it stores what it read: one transaction for all of them takes
# a quarter of the time that one for each takes.
AT_ONCE = 8
# Pictures that are looked at for some that no other worker holds.
_LOOKED_AT = 64
# Keeps these locks apart from others that have a number for a name.
_LOCK_SPACE = 0x6974 << 48


class ModelAway(StorageUnavailable):
    """No model can read now: the pictures wait."""


def read_some(batch: Batch, until: float) -> int:
    """Read waiting pictures of a batch, until a time or until no more are free.

    Args:
        until: by time.monotonic().

    Returns:
        how many were read, or given up.

    Raises:
        StorageUnavailable: the disk, the bucket or the model is away; the pictures wait.
    """
    count = 0
    if not _waiting(batch).exists():
        return count
    _require_model()
    while time.monotonic() < until and not _is_cancelled(batch):
        with _claimed(batch) as items:
            if not items:
                break
            _read(items)
            count += len(items)
    return count


def _require_model() -> None:
    """Load the model before any picture is in hand: a worker that dies meanwhile tries none."""
    try:
        active_model.model()
    except ModelError as error:
        raise ModelAway from error


def _is_cancelled(batch: Batch) -> bool:
    return not Batch.objects.filter(pk=batch.pk, cancelled=None).exists()


@contextmanager
def _claimed(batch: Batch) -> Iterator[list[BatchItem]]:
    """Some waiting pictures that no other worker has, locked until the end.

    The locks belong to the database session: they end with the worker, however that ends, and the
    next worker that asks gets its pictures. A picture that some worker died with is tried again
    alone, so that it takes no others with it.
    """
    pks = _locked(_waiting(batch).filter(tries=0), AT_ONCE) or _locked(_waiting(batch), 1)
    try:
        # Another worker may have read some between the question and the lock.
        items = (
            _waiting(batch).filter(pk__in=pks).select_related("batch", "upload__current_prediction")
        )
        yield list(items.order_by("position"))
    finally:
        _unlock(pks)


def _waiting(batch: Batch) -> QuerySet[BatchItem]:
    return BatchItem.objects.filter(
        batch=batch, state=BatchItem.State.WAITING, upload__isnull=False
    )


def _locked(items: QuerySet[BatchItem], most: int) -> list[int]:
    """The first of these pictures that could be locked."""
    numbers = list(items.order_by("position").values_list("pk", flat=True)[:_LOOKED_AT])
    locked: list[int] = []
    with connection.cursor() as cursor:
        for pk in numbers:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK_SPACE | pk])
            if cursor.fetchone()[0]:
                locked.append(pk)
            if len(locked) == most:
                break
    return locked


def _unlock(pks: Sequence[int]) -> None:
    # A session that broke has lost its locks already.
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_unlock(key) FROM unnest(%s::bigint[]) key",
            [[_LOCK_SPACE | pk for pk in pks]],
        )


def _read(items: Sequence[BatchItem]) -> None:
    BatchItem.objects.filter(pk__in=[item.pk for item in items]).update(tries=F("tries") + 1)
    try:
        store_outcomes(list(_outcomes(items)))
    except StorageUnavailable:
        # That it is away is no fault of the pictures.
        BatchItem.objects.filter(pk__in=[item.pk for item in items]).update(tries=F("tries") - 1)
        raise


def _outcomes(items: Sequence[BatchItem]) -> Iterator[tuple[Upload, Outcome]]:
    for item in items:
        upload = item.upload
        if item.tries > MOST_TRIES:  # the first one together with others, and three alone
            _give_up(item, WorkerCrashed())
        elif upload and (outcome := _outcome_of(item, upload)):
            yield upload, outcome


def _outcome_of(item: BatchItem, upload: Upload) -> Outcome | None:
    pk = item.batch.rule_id
    try:
        outcome = read_pixels(pixels_of(upload), rule_by(pk) if pk else None)
    except StorageUnavailable as error:
        if isinstance(error.__cause__, FileNotFoundError):
            _give_up(item, FileGone())
            return None
        require_storage()
        if item.tries + 1 >= MOST_TRIES:
            _give_up(item, FileDamaged())
        return None
    if outcome.reason == Prediction.Reason.MODEL_UNAVAILABLE:
        raise ModelAway
    return outcome


def _give_up(item: BatchItem, refusal: Refusal) -> None:
    BatchItem.objects.filter(pk=item.pk).update(
        state=BatchItem.State.FAILED, code=refusal.code, refusal=str(refusal)
    )
