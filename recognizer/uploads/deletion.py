"""Deleting uploads: the rows first, then the files, which are tried again until they are gone."""

import logging
from collections.abc import Iterable
from functools import partial
from itertools import islice
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import ngettext

from recognizer.models import FileRemoval, Upload

logger = logging.getLogger(__name__)

# Rows deleted per transaction: few enough that no transaction takes long.
ROWS_AT_ONCE = 200
MAX_ERROR_LENGTH = 500


def delete_uploads(uploads: Iterable[Upload], *, with_notes: bool = False) -> int:
    """Delete uploads with their predictions and files; returns how many.

    Args:
        with_notes: also delete the administration's log entries about them.
    """
    count = 0
    every = iter(uploads)
    while some := list(islice(every, ROWS_AT_ONCE)):
        _delete_rows(some, with_notes=with_notes)
        count += len(some)
    return count


def deleted_sentence(count: int) -> str:
    """The sentence shown to whoever deleted this number of uploads, in the active language."""
    sentence = ngettext(
        "%(count)d picture and everything read in it were deleted.",
        "%(count)d pictures and everything read in them were deleted.",
        count,
    )
    return sentence % {"count": count}


def _delete_rows(uploads: list[Upload], *, with_notes: bool) -> None:
    names = [str(upload.file.name) for upload in uploads]
    keys = [upload.pk for upload in uploads]
    with transaction.atomic():
        # A reading waits, and then finds its row gone: a prediction that came after Django looked
        # for those to delete would refuse the whole deletion. In one order, so that two deletions
        # can't block each other.
        list(Upload.objects.select_for_update().filter(pk__in=keys).order_by("pk").values("pk"))
        if with_notes:
            notes_about(keys).delete()
        # A trigger inserts a FileRemoval for each deleted row: see migration 0006.
        Upload.objects.filter(pk__in=keys).delete()
        # A file without a row is harmless; a row without its file is not.
        transaction.on_commit(partial(_remove_files, names), robust=True)


def _remove_files(names: list[str]) -> None:
    for removal in FileRemoval.objects.filter(name__in=names):
        remove_file(removal)


def remove_file(removal: FileRemoval) -> bool:
    """Remove a deleted upload's file; returns whether that succeeded.

    A failure is stored with its reason, for the next attempt.
    """
    try:
        default_storage.delete(removal.name)
    except OSError as error:
        logger.exception("the file %s of a deleted upload could not be removed", removal.name)
        removal.attempts = F("attempts") + 1
        removal.last_error = str(error)[:MAX_ERROR_LENGTH]
        removal.save(update_fields=["attempts", "last_error"])
        return False
    removal.delete()
    return True


def notes_about(keys: Iterable[UUID]) -> QuerySet[LogEntry]:
    """The administration's log entries about uploads; an entry contains the upload's name."""
    return LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Upload),
        object_id__in=[str(key) for key in keys],
    )
