"""Removing uploads: the row goes first, the file once that is certain."""

import logging
from collections.abc import Iterable
from functools import partial

from django.core.files.storage import Storage
from django.db import transaction

from recognizer.models import Upload

logger = logging.getLogger(__name__)


def delete_uploads(uploads: Iterable[Upload]) -> int:
    """Delete uploads with their predictions and files; returns how many."""
    count = 0
    with transaction.atomic():
        for upload in uploads:
            storage, name = upload.file.storage, upload.file.name
            upload.delete()
            count += 1
            # A file without a row is harmless; a row without its file is not.
            transaction.on_commit(partial(_remove_file, storage, str(name)), robust=True)
    return count


def _remove_file(storage: Storage, name: str) -> None:
    try:
        storage.delete(name)
    except OSError:
        logger.exception("the file %s of a deleted upload could not be removed", name)
