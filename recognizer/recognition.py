"""The one way in which uploads and predictions come to be: row first, file, prediction."""

import hashlib
import logging
import time
import unicodedata
from dataclasses import dataclass

import cv2
import numpy as np
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray
from PIL import Image

from mlmodel.card import ModelError
from mlmodel.model import Model
from mlmodel.reader import Digit, Reading, read
from recognizer import active_model, intake
from recognizer.drawing import Drawing
from recognizer.models import (
    DigitPrediction,
    ModelVersion,
    Prediction,
    Upload,
    stored_name,
)
from recognizer.owners import Owner

logger = logging.getLogger(__name__)

MAX_NAME_LENGTH = 255
MAX_POSSIBILITIES = 5
# What OpenCV, NumPy and LiteRT raise when something about a picture is beyond them.
READER_ERRORS = (cv2.error, ValueError, RuntimeError, IndexError, MemoryError)


class StorageUnavailable(Exception):
    """The picture could not be stored; nothing of it is kept. Try again later."""


@dataclass(frozen=True)
class _Outcome:
    """A reading, or the named reason why there is none."""

    version: ModelVersion | None
    reading: Reading | None
    reason: str
    milliseconds: float


def recognize(
    data: bytes,
    *,
    owner: Owner,
    source: str,
    original_name: str = "",
    drawing: Drawing | None = None,
) -> Upload:
    """Check, keep and read one picture.

    Args:
        drawing: the strokes that the picture was rendered from.

    Raises:
        Refusal: the picture can't be taken; nothing is kept.
        StorageUnavailable: the disk or bucket failed; nothing is kept.
    """
    image = intake.clean(data, max_bytes=settings.MAX_UPLOAD_BYTES)
    upload = _create_row(image, owner, source, original_name, drawing)
    _store_file(upload, image)
    outcome = _read(image.pixels, image.size)
    with transaction.atomic():
        upload.stored = timezone.now()
        upload.save(update_fields=["stored"])
        _create_prediction(upload, outcome)
    return upload


def read_without_keeping(data: bytes, model: Model) -> Reading:
    """Check and read one picture; the database is not asked and nothing is written.

    Raises:
        Refusal: the picture can't be taken.
        One of READER_ERRORS: the reader can't cope with it.
    """
    image = intake.clean(data, max_bytes=settings.MAX_UPLOAD_BYTES)
    return read(image.pixels, model, picture_size=image.size)


def read_again(upload: Upload) -> Prediction:
    """Read a stored picture with the model that is active now; earlier readings stay.

    Raises:
        StorageUnavailable: the stored file can't be read.
    """
    try:
        with upload.file.open() as file, Image.open(file, formats=("PNG", "JPEG")) as opened:
            pixels, size = intake.reading_pixels(opened), opened.size
    except OSError as error:
        raise StorageUnavailable from error
    outcome = _read(pixels, size)
    with transaction.atomic():
        return _create_prediction(upload, outcome)


def _create_row(
    image: intake.CleanImage,
    owner: Owner,
    source: str,
    original_name: str,
    drawing: Drawing | None,
) -> Upload:
    upload = Upload(
        user=owner.user,
        visitor=None if owner.user else owner.visitor,
        source=source,
        original_name=printable_name(original_name),
        sha256=image.sha256,
        file_sha256=hashlib.sha256(image.encoded).hexdigest(),
        width=image.width,
        height=image.height,
        byte_size=image.byte_size,
        strokes=drawing.content() if drawing else None,
    )
    upload.file.name = stored_name(upload, image.extension)
    # Committed before the file is written: after a crash the row names every file there is.
    upload.save(force_insert=True)
    return upload


def _store_file(upload: Upload, image: intake.CleanImage) -> None:
    storage, name = upload.file.storage, upload.file.name
    try:
        written = storage.save(name, ContentFile(image.encoded))
    except OSError as error:
        logger.exception("upload %s could not be stored", upload.pk)
        upload.delete()
        raise StorageUnavailable from error
    if written != name:
        upload.file.name = written
        upload.save(update_fields=["file"])


def _read(pixels: NDArray[np.uint8], size: tuple[int, int]) -> _Outcome:
    started = time.perf_counter()
    version = reading = None
    reason = ""
    try:
        model = active_model.model()
        version = active_model.version_of(model)
        reading = read(pixels, model, picture_size=size)
    except ModelError:
        logger.exception("the model can't be used")
        reason = Prediction.Reason.MODEL_UNAVAILABLE
    except READER_ERRORS:
        logger.exception("the reader failed on a picture of shape %s", pixels.shape)
        reason = Prediction.Reason.READER_FAILED
    return _Outcome(version, reading, reason, (time.perf_counter() - started) * 1000)


def _create_prediction(upload: Upload, outcome: _Outcome) -> Prediction:
    reading = outcome.reading
    prediction = Prediction.objects.create(
        upload=upload,
        model_version=outcome.version,
        state=reading.state if reading else Prediction.State.FAILED,
        reason=outcome.reason,
        text=reading.text if reading else "",
        confidence=reading.confidence if reading else None,
        possibilities=possibilities_of(reading) if reading else [],
        milliseconds=outcome.milliseconds,
    )
    DigitPrediction.objects.bulk_create(
        _digit_row(prediction, position, digit)
        for position, digit in enumerate(reading.digits if reading else ())
    )
    upload.current_prediction = prediction
    upload.save(update_fields=["current_prediction"])
    return prediction


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


def possibilities_of(reading: Reading) -> list[tuple[str, float]]:
    """The likeliest texts with their probabilities, as they are kept and told."""
    return [(text, round(share, 6)) for text, share in reading.likely_texts(MAX_POSSIBILITIES)]


def printable_name(name: str) -> str:
    """A stranger's file name as it may be shown: no path, no control or direction characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    return kept.strip()[:MAX_NAME_LENGTH]
