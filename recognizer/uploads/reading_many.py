"""Storing what was read in many pictures at once, for batches."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction

from recognizer.models import BatchItem, DigitPrediction, Prediction, Upload
from recognizer.uploads.reading import (
    ANSWER_FIELDS,
    Outcome,
    item_answered_by,
    rows_of,
    whole_reading_of,
)


def store_outcomes(outcomes: Sequence[tuple[Upload, Outcome]]) -> None:
    """Store what was read in some pictures of batches, in one transaction.

    A picture that was deleted meanwhile is left out; one that another job has read keeps that.
    """
    if not outcomes:
        return
    with transaction.atomic():
        locked = _locked([upload.pk for upload, _ in outcomes])
        _store_new(locked, outcomes)
        items = BatchItem.objects.select_for_update(of=("self",)).select_related("upload")
        changed = [
            item_answered_by(item, _current(locked, item))
            for item in items.filter(upload__in=locked).order_by("pk")
        ]
        BatchItem.objects.bulk_update(changed, ANSWER_FIELDS)


def _locked(pks: Collection[UUID]) -> dict[UUID, Upload]:
    """The uploads' rows as they are now; in one order, so that two jobs can't block each other."""
    uploads = Upload.objects.with_current_prediction().select_for_update(of=("self",))
    return {upload.pk: upload for upload in uploads.filter(pk__in=pks).order_by("pk")}


def _store_new(locked: dict[UUID, Upload], outcomes: Sequence[tuple[Upload, Outcome]]) -> None:
    predictions, digits = [], []
    for given, outcome in outcomes:
        upload = locked.get(given.pk)
        if upload is None or whole_reading_of(upload):
            continue
        prediction, digits_of_it = rows_of(outcome)
        prediction.upload = upload
        predictions.append(prediction)
        digits += digits_of_it
    Prediction.objects.bulk_create(predictions)
    DigitPrediction.objects.bulk_create(digits)
    for prediction in predictions:
        prediction.upload.current_prediction = prediction
    Upload.objects.bulk_update([each.upload for each in predictions], ["current_prediction"])


def _current(locked: dict[UUID, Upload], item: BatchItem) -> Prediction:
    current = locked[item.upload_id].current_prediction if item.upload_id else None
    if current is None:
        raise AssertionError("Every picture here was read.")
    return current
