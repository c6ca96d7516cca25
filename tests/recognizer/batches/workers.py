"""A worker for tests: it does what there is to do at once, in the test's own process."""

from typing import Any

from django.core.files.base import ContentFile

from recognizer.batches.giving import close, give
from recognizer.batches.serving import serve
from recognizer.models import Batch, BatchItem, BatchSource


def work() -> None:
    """Do all there is to do."""
    while serve():
        pass


def give_all(batch: Batch, *files: bytes) -> list[BatchSource]:
    """Give files to a batch, and say that there are no more."""
    sources = [give(batch, file_of(data), f"{n}.png") for n, data in enumerate(files)]
    close(batch)
    return sources


def file_of(data: bytes) -> Any:
    return ContentFile(data)


def answers(batch: Batch) -> list[tuple[str, str]]:
    """The state of each picture, and what was read in it or why not."""
    items = batch.items.select_related("upload__current_prediction").order_by("position")
    return [(item.state, _text_of(item) or item.code) for item in items]


def _text_of(item: BatchItem) -> str:
    prediction = item.upload.current_prediction if item.upload else None
    return prediction.text if prediction else ""
