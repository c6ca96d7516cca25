"""What the active model reads in a picture, and the rows that keep it."""

import logging
import time
from dataclasses import dataclass

import cv2
import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from mlmodel.artifact.card import ModelError
from mlmodel.model import Model
from mlmodel.reader import Digit, Reading, read
from recognizer.intake import cleaning
from recognizer.model_versions import active_model
from recognizer.models import DigitPrediction, ModelVersion, Prediction, Upload
from recognizer.monitoring import counters

logger = logging.getLogger(__name__)

MAX_POSSIBILITIES = 5
# What OpenCV, NumPy and LiteRT raise when something about a picture is beyond them.
READER_ERRORS = (cv2.error, ValueError, RuntimeError, IndexError, MemoryError)


@dataclass(frozen=True)
class Outcome:
    """A reading, or the named reason why there is none."""

    version: ModelVersion | None
    reading: Reading | None
    reason: str
    milliseconds: float


def read_without_keeping(data: bytes, model: Model) -> Reading:
    """Check and read one picture; the database is not asked and nothing is written.

    Raises:
        Refusal: the picture can't be taken.
        One of READER_ERRORS: the reader can't cope with it.
    """
    image = cleaning.clean(data, max_bytes=settings.MAX_UPLOAD_BYTES)
    return read(image.pixels, model, picture_size=image.size)


def read_pixels(pixels: NDArray[np.uint8], size: tuple[int, int]) -> Outcome:
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
    seconds = time.perf_counter() - started
    counters.READING_SECONDS.observe(seconds)
    return Outcome(version, reading, reason, seconds * 1000)


def create_prediction(upload: Upload, outcome: Outcome) -> Prediction:
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
