"""Reading stored pictures with the active model, and the rows that store what was read."""

import logging
import time
from dataclasses import dataclass

import cv2
import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray
from PIL import Image

from mlmodel.artifact.card import ModelError
from mlmodel.model import Model
from mlmodel.reader import read
from mlmodel.reading import Digit, Reading
from mlmodel.rules.field_rule import FieldRule
from recognizer.intake import cleaning
from recognizer.intake.decoder_errors import DECODER_ERRORS
from recognizer.model_versions import active_model
from recognizer.models import BatchItem, DigitPrediction, ModelVersion, Prediction, Upload
from recognizer.monitoring import counters
from recognizer.refusals import Refusal
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads.rules import rule_of, unmet_in, value_fields

logger = logging.getLogger(__name__)

# Raised by OpenCV, NumPy and LiteRT for a picture that they can't process.
READER_ERRORS = (cv2.error, ValueError, RuntimeError, IndexError, MemoryError)
STORED_FORMATS = ("PNG", "JPEG")
MAX_POSSIBILITIES = 5
# What the reading of a picture decides in its batch's row.
ANSWER_FIELDS = ("state", "confidence", "code", "refusal", "asked", "ask_order")


class UploadGone(Refusal):
    """The upload was deleted meanwhile, by its owner or by a request with the same key."""

    code = "upload_gone"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This picture was deleted before it was read. Nothing of it is left."))


@dataclass(frozen=True)
class Pixels:
    """A picture as the reader takes it.

    Attributes:
        array: (height, width) or (height, width, 3) uint8, perhaps smaller than the picture.
        size: width and height of the picture; boxes are given in its pixels.
    """

    array: NDArray[np.uint8]
    size: tuple[int, int]


@dataclass(frozen=True)
class Outcome:
    """A reading, or the named reason why there is none.

    Attributes:
        unmet: why nothing that was read satisfies the field's rule, by its code; empty where there
            is no rule, or a value.
    """

    version: ModelVersion | None
    reading: Reading | None
    reason: str
    milliseconds: float
    unmet: str = ""


def read_stored(upload: Upload, pixels: Pixels | None = None) -> Prediction:
    """Read a stored picture once: a job that runs twice, or two at once, makes one prediction.

    Args:
        upload: must be stored; its current prediction is set.
        pixels: of the stored file, if the caller has them; otherwise the file is opened.

    Returns:
        its current prediction; a reading that failed before is repeated.

    Raises:
        StorageUnavailable: the stored file can't be read.
        UploadGone: it was deleted meanwhile.
    """
    if known := whole_reading_of(upload):
        return known
    outcome = read_pixels(pixels or pixels_of(upload), rule_of(upload))
    with transaction.atomic():
        row = _locked(upload)
        if known := whole_reading_of(row):  # of another job, which ended first
            upload.current_prediction = known
            return known
        return _make_current(upload, create_prediction(row, outcome))


def read_again(upload: Upload) -> Prediction:
    """Read a stored picture with the model that is active now; earlier predictions stay.

    Of two readings at once, the one by the active version becomes the current prediction.

    Raises:
        StorageUnavailable: the stored file can't be read.
        UploadGone: it was deleted meanwhile.
    """
    outcome = read_pixels(pixels_of(upload), rule_of(upload))
    with transaction.atomic():
        row = _locked(upload)
        prediction = create_prediction(row, outcome)
        is_other = row.current_prediction_id != upload.current_prediction_id
        if is_other and _is_outdated(outcome, row.current_prediction):
            return prediction
        return _make_current(upload, prediction)


def pixels_of(upload: Upload) -> Pixels:
    """Open a stored picture for the reader.

    Raises:
        StorageUnavailable: the stored file can't be read.
    """
    try:
        with upload.file.open() as file, Image.open(file, formats=STORED_FORMATS) as opened:
            return Pixels(cleaning.reading_pixels(opened), opened.size)
    except DECODER_ERRORS as error:
        raise StorageUnavailable from error


def read_without_storing(data: bytes, model: Model) -> Reading:
    """Check and read one picture without using the database or writing anything.

    Raises:
        Refusal: the picture is not accepted.
        One of READER_ERRORS: the reader can't process it.
    """
    return read_clean(cleaning.clean(data, max_bytes=settings.MAX_UPLOAD_BYTES), model)


def read_clean(image: cleaning.CleanImage, model: Model) -> Reading:
    """Read one picture without using the database.

    Raises:
        One of READER_ERRORS: the reader can't process it.
    """
    return read(image.pixels, model, picture_size=image.size)


@dataclass(frozen=True)
class Reader:
    """A loaded model and its row."""

    model: Model
    version: ModelVersion


def active_reader() -> Reader:
    """The model that reads now.

    Raises:
        ModelError: there is none.
    """
    model = active_model.model()
    return Reader(model, active_model.version_of(model))


def read_pixels(
    pixels: Pixels, rule: FieldRule | None = None, reader: Reader | None = None
) -> Outcome:
    """Read with the active model; a failure is returned as an outcome, too.

    Args:
        rule: what the text must satisfy.
        reader: the active model, if the caller knows it; otherwise the database is asked.
    """
    started = time.perf_counter()
    version = reading = None
    reason = ""
    try:
        reader = reader or active_reader()
        version = reader.version
        reading = read(pixels.array, reader.model, picture_size=pixels.size, rule=rule)
    except ModelError:
        logger.exception("the model can't be used")
        reason = Prediction.Reason.MODEL_UNAVAILABLE
    except READER_ERRORS:
        logger.exception("the reader failed on a picture of shape %s", pixels.array.shape)
        reason = Prediction.Reason.READER_FAILED
    seconds = time.perf_counter() - started
    counters.READING_SECONDS.observe(seconds)
    unmet = unmet_in(reading, rule) if reading and rule else ""
    return Outcome(version, reading, reason, seconds * 1000, unmet)


def _locked(upload: Upload) -> Upload:
    """The upload's row as it is now, locked, so that two readings write one after the other."""
    try:
        return Upload.objects.select_for_update().get(pk=upload.pk)
    except Upload.DoesNotExist:
        raise UploadGone from None


def whole_reading_of(upload: Upload) -> Prediction | None:
    """The current prediction, unless the reading failed."""
    known = upload.current_prediction
    return known if known and known.state != Prediction.State.FAILED else None


def _is_outdated(outcome: Outcome, current: Prediction | None) -> bool:
    """Whether the current prediction is by the active version, and this outcome is not."""
    active = ModelVersion.objects.active()
    return bool(active and current and current.model_version == active != outcome.version)


def create_prediction(upload: Upload, outcome: Outcome) -> Prediction:
    """Store what was read, without making it the current prediction."""
    prediction, digits = rows_of(outcome)
    prediction.upload = upload
    prediction.save()
    DigitPrediction.objects.bulk_create(digits)
    return prediction


def _make_current(upload: Upload, prediction: Prediction) -> Prediction:
    upload.current_prediction = prediction
    upload.save(update_fields=["current_prediction"])
    for item in BatchItem.objects.select_related("upload").filter(upload=upload):
        item_answered_by(item, prediction).save(update_fields=ANSWER_FIELDS)
    return prediction


def item_answered_by(item: BatchItem, prediction: Prediction) -> BatchItem:
    """The picture's row in its batch with the answer that its reading gives; not saved."""
    item.state, item.confidence, item.code = BatchItem.state_by(prediction)
    is_failure = item.state == BatchItem.State.FAILED
    item.refusal = str(prediction.get_reason_display()) if is_failure else ""
    is_asked = item.state in BatchItem.ASKED_ABOUT and not _is_verified(item)
    item.asked = BatchItem.Asked.DOUBTFUL if is_asked else ""
    item.ask_order = 1 - item.confidence
    return item


def _is_verified(item: BatchItem) -> bool:
    return item.upload is not None and item.upload.verified is not None


def rows_of(outcome: Outcome) -> tuple[Prediction, list[DigitPrediction]]:
    """The rows for what was read, not saved yet and without an upload."""
    reading = outcome.reading
    if reading is None:
        return _failure(outcome), []
    prediction = Prediction(
        model_version=outcome.version,
        state=reading.state,
        reason=_what_else(reading),
        text=reading.text,
        written=reading.written,
        confidence=reading.confidence,
        written_confidence=reading.written_confidence,
        possibilities=_possibilities_of(reading),
        passed_over=[list(box) for box in reading.passed_over],
        unmet=outcome.unmet,
        milliseconds=outcome.milliseconds,
        **value_fields(reading),
    )
    return prediction, [_digit_row(prediction, *each) for each in enumerate(reading.digits)]


def _what_else(reading: Reading) -> str:
    """What was seen in place of digits, or beside them; empty for nothing."""
    if reading.letters:
        return Prediction.Reason.LETTERS
    if reading.printed:
        return Prediction.Reason.PRINTED
    return Prediction.Reason.MORE_WRITING if reading.passed_over else ""


def _failure(outcome: Outcome) -> Prediction:
    return Prediction(
        model_version=outcome.version,
        state=Prediction.State.FAILED,
        reason=outcome.reason,
        milliseconds=outcome.milliseconds,
    )


def _digit_row(prediction: Prediction, position: int, digit: Digit) -> DigitPrediction:
    x, y, width, height = digit.box
    return DigitPrediction(
        prediction=prediction,
        position=position,
        line=digit.line,
        value=digit.value,
        confidence=digit.confidence,
        x=x,
        y=y,
        width=width,
        height=height,
        alternatives=[[value, round(share, 6)] for value, share in digit.alternatives],
        frame=digit.frame.tobytes(),
    )


def _possibilities_of(reading: Reading) -> list[tuple[str, float]]:
    """The likeliest texts with their probabilities, as they are stored and shown."""
    return [(text, round(share, 6)) for text, share in reading.likely_texts(MAX_POSSIBILITIES)]
