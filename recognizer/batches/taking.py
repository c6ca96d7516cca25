"""Taking in one picture of a batch: it becomes an upload, or an item that says why not."""

import hashlib
from contextlib import AbstractContextManager, nullcontext
from uuid import uuid5

from django.db import IntegrityError, transaction

from recognizer.batches.sources.member import Member
from recognizer.models import POSITIONS_OF_A_SOURCE, BatchItem, BatchSource, Owner, Upload
from recognizer.refusals import Refusal
from recognizer.uploads.deletion import delete_uploads
from recognizer.uploads.storing import Given, take_in
from recognizer.uploads.storing_lock import storing_lock


class SourceGone(Exception):
    """The batch was deleted or cancelled while its files were opened."""


def take(source: BatchSource, member: Member) -> BatchItem:
    """Take in one picture, once: it may be given again after a worker died.

    Raises:
        StorageUnavailable: the disk or bucket failed.
        SourceGone: the batch was deleted or cancelled meanwhile.
    """
    item = _item_of(source, member)
    if item.upload_id or item.state != BatchItem.State.WAITING:
        return item
    if member.refusal:
        return _refused(item, member.refusal)
    sha256 = hashlib.sha256(member.data).hexdigest()
    with _one_at_a_time(source, sha256):
        item.same_as = _first_like(item, sha256)
        if item.same_as and source.batch.skip_identical:
            return _identical(item)
        try:
            upload = take_in(_given_in(item, member), Owner(user=source.batch.user))
        except Refusal as refusal:
            return _refused(item, refusal)
        return _taken(item, upload)


def _item_of(source: BatchSource, member: Member) -> BatchItem:
    """The picture's row, inserted if this is its first time."""
    position = source.number * POSITIONS_OF_A_SOURCE + member.number
    new = BatchItem(batch_id=source.batch_id, source=source, position=position, name=member.name)
    try:
        with transaction.atomic():
            # One statement, where get_or_create takes four.
            BatchItem.objects.bulk_create([new], ignore_conflicts=True)
        return BatchItem.objects.get(batch_id=source.batch_id, position=position)
    except (IntegrityError, BatchItem.DoesNotExist):
        raise SourceGone from None


def _one_at_a_time(source: BatchSource, sha256: str) -> AbstractContextManager[None]:
    """Two workers may hold the same picture, and only one of them may be the first."""
    if not source.batch.skip_identical:
        return nullcontext()
    return storing_lock(uuid5(source.batch_id, sha256))


def _first_like(item: BatchItem, sha256: str) -> BatchItem | None:
    """The first picture of the batch that is the same file."""
    same = BatchItem.objects.filter(batch_id=item.batch_id, upload__sha256=sha256)
    return same.exclude(pk=item.pk).order_by("position").first()


def _given_in(item: BatchItem, member: Member) -> Given:
    key = f"batch {item.batch_id} {item.position}"
    return Given(
        member.data,
        Upload.Source.BATCH,
        original_name=member.name,
        key=key,
        max_bytes=member.max_bytes,
    )


def _identical(item: BatchItem) -> BatchItem:
    item.state = BatchItem.State.IDENTICAL
    item.save(update_fields=["state", "same_as"])
    return item


def _refused(item: BatchItem, refusal: Refusal) -> BatchItem:
    item.state, item.code, item.refusal = BatchItem.State.REFUSED, refusal.code, str(refusal)
    item.save(update_fields=["state", "code", "refusal"])
    return item


def _taken(item: BatchItem, upload: Upload) -> BatchItem:
    """Let the item refer to its upload; without its batch, the upload goes as well."""
    item.upload = upload
    if not BatchItem.objects.filter(pk=item.pk).update(upload=upload, same_as=item.same_as):
        delete_uploads([upload])
        raise SourceGone
    return item
