"""What the owner of a batch may do with it: cancel it, retry what failed, delete it."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from recognizer.batches.opening import forget_file
from recognizer.batches.serving import SERVE
from recognizer.jobs.queue import enqueue_if_few
from recognizer.models import POSITIONS_OF_A_SOURCE, Batch, BatchItem, BatchSource, Upload
from recognizer.uploads.deletion import delete_uploads

CANCELLED = "cancelled"


def cancel(batch: Batch) -> None:
    """Read no more of a batch's pictures; what was read stays. A finished batch stays as it is."""
    with transaction.atomic():
        changed = Batch.objects.filter(pk=batch.pk, finished=None, cancelled=None)
        if changed.update(cancelled=timezone.now()):
            batch.items.filter(state=BatchItem.State.WAITING).update(
                state=BatchItem.State.CANCELLED
            )
            for source in batch.sources.select_for_update().filter(opened=None):
                _leave_unopened(source)
    batch.refresh_from_db()


def _leave_unopened(source: BatchSource) -> None:
    sentence = _("The batch was cancelled before this file was opened.")
    mine = BatchSource.objects.filter(pk=source.pk)
    mine.update(opened=timezone.now(), code=CANCELLED, refusal=sentence)
    forget_file(source)


def retry(batch: Batch) -> int:
    """Let workers try again what failed; returns how many pictures and files that is."""
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, cancelled=None).update(finished=None):
            return 0
        # A file that was kept is worth another try; its pictures that were given up as well.
        kept = list(batch.sources.exclude(code="").exclude(file=""))
        sources = sum(map(_open_again, kept))
        failed = batch.items.filter(state=BatchItem.State.FAILED)
        again = failed.filter(Q(upload__isnull=False) | Q(source__in=kept))
        items = again.update(state=BatchItem.State.WAITING, code="", refusal="", tries=0)
        enqueue_if_few(SERVE)
    return items + sources


def _open_again(source: BatchSource) -> bool:
    """Let a file be opened at the first of its pictures that was given up.

    Returns:
        whether there is none, so that the file itself is what failed.
    """
    given_up = source.items.filter(state=BatchItem.State.FAILED, upload=None)
    if first := given_up.order_by("position").first():
        source.next_member = first.position - source.number * POSITIONS_OF_A_SOURCE
    source.opened, source.code, source.refusal, source.tries = None, "", "", 0
    source.save(update_fields=["next_member", "opened", "code", "refusal", "tries"])
    return first is None


def delete_batch(batch: Batch, *, with_notes: bool = False) -> int:
    """Delete a batch with all of its pictures and files; returns how many pictures.

    The batch goes last: if this is cut off, its owner sees it still, and can delete the rest.

    Args:
        with_notes: also delete the administration's log entries about the pictures.
    """
    Batch.objects.filter(pk=batch.pk, finished=None, cancelled=None).update(
        cancelled=timezone.now()  # so that no worker adds to it meanwhile
    )
    uploads = Upload.objects.filter(batch_item__batch=batch)
    count = delete_uploads(uploads.iterator(chunk_size=500), with_notes=with_notes)
    with transaction.atomic():
        # A worker that is about to add a picture waits, and then finds the batch gone: a picture
        # that came after Django looked for those to delete would refuse the deletion.
        locked = Batch.objects.select_for_update().filter(pk=batch.pk).first()
        if locked:
            for source in locked.sources.exclude(file=""):
                forget_file(source)
            count += delete_uploads(uploads.iterator(chunk_size=500), with_notes=with_notes)
            locked.delete()
    return count
