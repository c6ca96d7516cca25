"""Opening the files of a batch: each of their pictures becomes an item with its own answer."""

import time

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from recognizer.batches.removing import remove_unless_kept
from recognizer.batches.sources.limits import Limits
from recognizer.batches.sources.members import members
from recognizer.batches.taking import SourceGone, take
from recognizer.models import (
    POSITIONS_OF_A_SOURCE,
    Batch,
    BatchItem,
    BatchSource,
    FileRemoval,
    Owner,
)
from recognizer.refusals import Refusal
from recognizer.storage.protocol import StorageUnavailable, picture_storage
from recognizer.uploads.quota import QuotaExceeded, require_room_in_batches
from recognizer.uploads.storing_lock import storing_lock_if_free

# A picture whose opening ended the worker this often is given up.
MOST_TRIES = 3


class WorkerCrashed(Refusal):
    code = "worker_crashed"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "Reading this picture broke off %(count)d times. "
                "Open it on your device and save it anew, or send another picture."
            )
            % {"count": MOST_TRIES}
        )


class FileDamaged(Refusal):
    code = "file_damaged"
    status = 410

    def __init__(self) -> None:
        super().__init__(
            _("This file was damaged on the server after you gave it. Please give it again.")
        )


class FileGone(Refusal):
    code = "file_gone"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This file is gone from the server. Please give it again."))


# What may be otherwise at another try: the file is kept for it.
WORTH_A_RETRY = (WorkerCrashed, QuotaExceeded)


def open_some(batch: Batch, until: float) -> int:
    """Store pictures of a batch's files, until a time or until all are open.

    Args:
        until: by time.monotonic(). What is left is opened later.

    Returns:
        how many pictures were taken or refused.

    Raises:
        StorageUnavailable: the disk or bucket failed; nothing is lost.
    """
    count = 0
    full = _refusal_of_more(batch)
    unopened = batch.sources.filter(opened=None, stored__isnull=False).order_by("tries", "number")
    for pk in list(unopened.values_list("pk", flat=True)[:100]):
        with storing_lock_if_free(pk) as is_free:
            source = unopened.filter(pk=pk).select_related("batch__user").first()
            if is_free and source and full:
                _finish(source, full)
                count += 1
            elif is_free and source:
                count += _open(source, until)
        if time.monotonic() > until:
            break
    return count


def _refusal_of_more(batch: Batch) -> Refusal | None:
    """Why the batch's owner may store no more pictures; asked once for many of them."""
    try:
        require_room_in_batches(Owner(user=batch.user))
    except QuotaExceeded as refusal:
        return refusal
    return None


def _open(source: BatchSource, until: float) -> int:
    """Take the pictures of one file, from where another worker stopped or died."""
    count = 0
    try:
        count, is_whole = _take_members(source, until)
    except SourceGone:
        return count
    except StorageUnavailable:  # for the pictures in it
        _take_try_back(source)
        raise
    except FileNotFoundError:
        _finish(source, FileGone())
    except OSError as error:  # of the file itself
        _require_another_try(source, error)
        _finish(source, FileDamaged())
    except Refusal as refusal:
        _finish(source, refusal)
    else:
        if is_whole:
            given_up = source.items.filter(code=WorkerCrashed.code, upload=None)
            _finish(source, WorkerCrashed() if given_up.exists() else None)
    return count + 1


def _take_members(source: BatchSource, until: float) -> tuple[int, bool]:
    """How many pictures were taken, and whether these were the last ones."""
    count = 0
    if source.tries >= MOST_TRIES:
        _pass_over(source)
    _note_try(source)
    with default_storage.open(str(source.file.name)) as file:
        for member in members(file, _limits(), name=source.name, start=source.next_member):
            count += 1
            take(source, member)
            _note_progress(source, member.number + 1)
            if time.monotonic() > until:
                return count, False
    return count, True


def _limits() -> Limits:
    pages = settings.BATCH_PDF_PAGES
    return Limits(members=settings.BATCH_PICTURES, pdf_pages=pages, tiff_pages=pages)


def require_storage() -> None:
    """Tell a storage that is away, for which pictures wait, from a file that is damaged.

    Raises:
        StorageUnavailable: it is away.
    """
    try:
        picture_storage().require_usable()
    except OSError as error:
        raise StorageUnavailable from error


def _note_try(source: BatchSource) -> None:
    """Count before trying: a worker that dies can't count afterwards."""
    source.tries += 1
    BatchSource.objects.filter(pk=source.pk).update(tries=source.tries)


def _take_try_back(source: BatchSource) -> None:
    """That the storage is away is no fault of the file."""
    BatchSource.objects.filter(pk=source.pk, tries__gt=0).update(tries=F("tries") - 1)


def _require_another_try(source: BatchSource, error: OSError) -> None:
    """Let a file that can't be read be tried again, unless it was the last time.

    Raises:
        StorageUnavailable: it is to be tried again.
    """
    try:
        require_storage()
    except StorageUnavailable:
        _take_try_back(source)
        raise
    if source.tries < MOST_TRIES:
        raise StorageUnavailable from error


def _note_progress(source: BatchSource, next_member: int) -> None:
    """Remember which picture comes next, and that its first try begins.

    Raises:
        SourceGone: the batch was deleted or cancelled meanwhile.
    """
    source.next_member, source.tries = next_member, 1
    mine = BatchSource.objects.filter(pk=source.pk, batch__cancelled=None)
    if not mine.update(next_member=next_member, tries=1):
        raise SourceGone


def _pass_over(source: BatchSource) -> None:
    """Give up the picture at which workers died again and again, and go on with the next.

    Raises:
        WorkerCrashed: they also died at the one before: it is the file as a whole.
    """
    crash = WorkerCrashed()
    position = source.number * POSITIONS_OF_A_SOURCE + source.next_member
    if source.items.filter(position=position - 1, code=WorkerCrashed.code).exists():
        raise crash
    # There is a row, unless they died before they knew the picture's name.
    BatchItem.objects.get_or_create(
        batch_id=source.batch_id,
        position=position,
        defaults={"source": source, "name": source.name},
    )
    source.items.filter(position=position, state=BatchItem.State.WAITING, upload=None).update(
        state=BatchItem.State.FAILED, code=crash.code, refusal=str(crash)
    )
    _note_progress(source, source.next_member + 1)
    source.tries = 0


def _finish(source: BatchSource, refusal: Refusal | None = None) -> None:
    """Note that a file is done with, and remove it unless another try may go better."""
    with transaction.atomic():
        mine = BatchSource.objects.filter(pk=source.pk)
        code = refusal.code if refusal else ""
        mine.update(opened=timezone.now(), code=code, refusal=str(refusal or ""))
        if not isinstance(refusal, WORTH_A_RETRY):
            forget_file(source)


def forget_file(source: BatchSource) -> None:
    """Let the file of a source be removed once the current transaction is committed."""
    BatchSource.objects.filter(pk=source.pk).update(file="")
    removal, _created = FileRemoval.objects.get_or_create(name=str(source.file.name))
    transaction.on_commit(lambda: remove_unless_kept(removal), robust=True)
