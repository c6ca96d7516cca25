"""A batch with doubtful pictures, for the tests of checking."""

from typing import Any

from django.contrib.auth.models import User

from recognizer.models import Batch, BatchItem, Owner, Upload
from tests.makers import make_batch, make_item, make_upload_row


def make_asked(batch: Batch, *texts: str, **fields: Any) -> list[BatchItem]:
    """Doubtful pictures of a batch that were read as these texts, in their order; no files."""
    first = batch.items.count()
    return [
        make_item(
            batch,
            number,
            make_upload_row(Owner(user=batch.user), state="doubtful", text=text, confidence=0.6),
            asked="doubtful",
            ask_order=number,
            **fields,
        )
        for number, text in enumerate(texts, first)
    ]


def make_asked_batch(user: User, *texts: str, **fields: Any) -> Batch:
    """A batch of a user with doubtful pictures that were read as these texts."""
    batch = make_batch(user, **fields)
    make_asked(batch, *texts)
    return batch


def upload_of(item: BatchItem) -> Upload:
    """The picture as it is in the database now."""
    assert item.upload_id
    return Upload.objects.get(pk=item.upload_id)
