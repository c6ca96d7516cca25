"""Rows of batches, where no file matters."""

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from recognizer.models import Batch, BatchItem, BatchSource, Owner, Upload
from tests.makers import make_upload_row


def make_batch_row(user: User, **fields: Any) -> Batch:
    """A batch that takes no more files, of which none was given."""
    return Batch.objects.create(user=user, **{"name": "Meters", "closed": timezone.now()} | fields)


def make_source_row(batch: Batch, number: int = 0, **fields: Any) -> BatchSource:
    """A file whose pictures are stored, so that it was removed."""
    now = timezone.now()
    values: dict[str, Any] = {
        "name": f"{number}.png",
        "sha256": f"{number:064x}",
        "byte_size": 1000,
        "stored": now,
        "opened": now,
    }
    return BatchSource.objects.create(batch=batch, number=number, **values | fields)


def make_item_row(source: BatchSource, upload: Upload | None = None, **fields: Any) -> BatchItem:
    """A picture of a batch; without an upload, one that was read as 42."""
    upload = upload or make_upload_row(Owner(user=source.batch.user), source=Upload.Source.BATCH)
    values: dict[str, Any] = {
        "position": source.number * 1_000_000,
        "name": source.name,
        "upload": upload,
        "state": BatchItem.State.READ,
        "confidence": 0.95,
    }
    return BatchItem.objects.create(source=source, batch=source.batch, **values | fields)
