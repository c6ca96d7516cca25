"""Storing what was read in many pictures at once, for batches."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import OuterRef
from psycopg2.extras import execute_values

from recognizer.models import BatchItem, DigitPrediction, Prediction, Upload
from recognizer.uploads.reading import (
    ANSWER_FIELDS,
    Outcome,
    item_answered_by,
    rows_of,
    whole_reading_of,
)

# Django's bulk_update would write a CASE for each field, with all the rows in it. The columns are
# those of ANSWER_FIELDS, in their order.
_ANSWER = """
UPDATE recognizer_batchitem AS item
SET state = answer.state, confidence = answer.confidence, code = answer.code,
    refusal = answer.refusal, asked = answer.asked, ask_order = answer.ask_order
FROM (VALUES %s) AS answer (id, state, confidence, code, refusal, asked, ask_order)
WHERE item.id = answer.id
"""


def store_outcomes(outcomes: Sequence[tuple[Upload, Outcome]]) -> None:
    """Store what was read in some pictures of batches, in one transaction.

    A picture that was deleted meanwhile is left out; one that another job has read keeps that.
    """
    if not outcomes:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # Not waiting for the disk: what the last second before a crash of the machine read is read
        # again, and whatever is committed after this waits for this as well.
        cursor.execute("SET LOCAL synchronous_commit TO off")
        locked = _locked([upload.pk for upload, _ in outcomes])
        _store_new(locked, outcomes)
        items = BatchItem.objects.select_for_update(of=("self",)).select_related("upload")
        answered = [
            item_answered_by(item, _current(locked, item))
            for item in items.filter(upload__in=locked).order_by("pk")
        ]
        execute_values(cursor, _ANSWER, [_answer_in(item) for item in answered])


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
    new = Prediction.objects.filter(pk__in=[each.pk for each in predictions])
    Upload.objects.filter(predictions__in=new).update(
        current_prediction=new.filter(upload=OuterRef("pk")).values("pk")
    )


def _answer_in(item: BatchItem) -> tuple[object, ...]:
    return (item.pk, *(getattr(item, field) for field in ANSWER_FIELDS))


def _current(locked: dict[UUID, Upload], item: BatchItem) -> Prediction:
    current = locked[item.upload_id].current_prediction if item.upload_id else None
    if current is None:
        raise AssertionError("Every picture here was read.")
    return current
