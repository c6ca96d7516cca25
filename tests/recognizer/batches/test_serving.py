"""Batches from the files that were given to the texts that were read, by one worker."""

import pytest
from django.core.files.base import ContentFile

from recognizer.batches.giving import Wanted, close, give, open_batch
from recognizer.batches.serving import serve
from recognizer.models import Batch, BatchItem, Owner
from tests.makers import digits_png

pytestmark = pytest.mark.django_db(transaction=True)


def work() -> None:
    """Do all there is to do, as workers would."""
    while serve():
        pass


@pytest.fixture
def batch(owner: Owner) -> Batch:
    assert owner.user
    return open_batch(owner.user, Wanted("Meters"))


def answers(batch: Batch) -> list[tuple[str, str]]:
    """The state of each picture, and what was read in it or why not."""
    items = batch.items.select_related("upload__current_prediction")
    return [(item.state, _text_of(item) or item.code) for item in items]


def _text_of(item: BatchItem) -> str:
    prediction = item.upload.current_prediction if item.upload else None
    return prediction.text if prediction else ""


def test_what_is_given_is_read(batch: Batch) -> None:
    give(batch, ContentFile(digits_png("472")), "one.png")
    give(batch, ContentFile(b"no picture"), "two.txt")
    close(batch)
    work()
    batch.refresh_from_db()
    assert batch.finished
    assert answers(batch) == [("read", "472"), ("refused", "unsupported_type")]
