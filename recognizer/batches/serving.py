"""What a worker does with batches: one part of the work of one batch, then of the next."""

import logging
import time
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from recognizer.batches.opening import open_some
from recognizer.batches.reading import read_some
from recognizer.checking.due import ask_for_estimate
from recognizer.jobs.queue import enqueue_if_few, waiting
from recognizer.models import Batch, BatchItem
from recognizer.monitoring.events import batch_finished
from recognizer.storage.protocol import StorageUnavailable

logger = logging.getLogger(__name__)

# The function in recognizer.tasks that serves batches.
SERVE = "recognizer.tasks.serve_batches"
# A job lasts about this long, and so a small batch waits no longer for its turn.
PART_S = 4.0
# A worker looks for work in at most this many batches, and in the next job for more.
_MOST_LOOKED_AT = 20
# While the storage is away, a worker tries again after this time.
STORAGE_AWAY_S = 2.0


def serve() -> bool:
    """Do a part of the work of one batch, and put a job for the next part into the queue.

    That job is put there as soon as this part is in hand, so that idle workers help at once.

    Returns:
        whether there was anything to do.
    """
    for batch in list(
        Batch.objects.next_to_serve().with_work().select_related("user", "rule")[:_MOST_LOOKED_AT]
    ):
        Batch.objects.filter(pk=batch.pk).update(served=timezone.now())
        try:
            with translation.override(batch.language or settings.LANGUAGE_CODE):
                opened, read = _serve(batch, time.monotonic() + PART_S)
        except StorageUnavailable:
            logger.exception("the storage is away: batch %s waits", batch.pk)
            time.sleep(STORAGE_AWAY_S)
            _call_worker()
            return False
        if opened:
            _call_worker()  # there is more to read than before
        if opened or read:
            return True
    return False


def _serve(batch: Batch, until: float) -> tuple[int, int]:
    """How many pictures were stored, and how many were read."""
    opened = open_some(batch, until)
    read = read_some(batch, until, in_hand=_call_worker)
    finish_if_done(batch)
    return opened, read


def _call_worker() -> None:
    enqueue_if_few(SERVE)


def finish_if_done(batch: Batch) -> None:
    """Note when a closed batch has nothing left to do."""
    with transaction.atomic():
        locked = Batch.objects.select_for_update().filter(pk=batch.pk).first()
        if locked is None or not locked.closed or locked.finished or locked.cancelled:
            return
        is_open = locked.sources.filter(opened=None).exists()
        if is_open or locked.items.filter(state=BatchItem.State.WAITING).exists():
            return
        locked.finished = timezone.now()
        locked.save(update_fields=["finished"])
        ask_for_estimate(locked)
        transaction.on_commit(partial(batch_finished, locked), robust=True)


def wake() -> None:
    """Put a job into the queue if there is work and none waits: one may be lost with its worker."""
    if not waiting() and Batch.objects.unfinished().with_work().exists():
        enqueue_if_few(SERVE)
