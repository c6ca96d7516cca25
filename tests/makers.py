"""The pictures and people of the tests."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import cv2
import numpy as np
from django.contrib.auth.models import User
from django.utils import timezone
from numpy.typing import NDArray
from PIL import Image, ImageOps
from pytest_django import Settings

from mlmodel.artifact.card import ModelCard
from mlmodel.mnist.data import load_mnist
from recognizer.models import (
    POSITIONS_OF_A_SOURCE,
    Batch,
    BatchItem,
    BatchSource,
    DigitPrediction,
    ModelVersion,
    Owner,
    Prediction,
    Upload,
    stored_name,
)
from recognizer.uploads.reading import item_answered_by
from recognizer.uploads.recognition import recognize
from recognizer.uploads.storing import Given
from tests.mlmodel.cards import make_card

PASSWORD = "correct horse battery staple"
# A digit of each value that is written clearly; from MNIST's training set, because the test set
# is for measuring alone.
CLEAR_DIGITS = (2532, 618, 381, 179, 1845, 921, 1802, 15, 485, 1167)
EXIF_ORIENTATION = 0x0112
_WITH_TEXT = {Prediction.State.READ, Prediction.State.DOUBTFUL}


def digits_image(text: str, *, scale: int = 2) -> Image.Image:
    """A grey picture of handwritten digits on white paper that the shipped model reads rightly.

    Args:
        text: digits, with "|" between lines.
        scale: how many times larger than MNIST's 28x28 a digit is.
    """
    lines = [_line(line, scale) for line in text.split("|")]
    width = max(line.shape[1] for line in lines)
    paper = np.vstack([_pad(line, 0, 0, width - line.shape[1]) for line in lines])
    return Image.fromarray(_pad(paper, 20, 20, 20))


def digits_png(text: str = "42", *, scale: int = 2) -> bytes:
    """A PNG of handwritten digits; see digits_image."""
    return encoded(digits_image(text, scale=scale), "PNG")


def photo_jpeg(text: str = "42", *, orientation: int = 1, scale: int = 2) -> bytes:
    """A colour JPEG as a phone writes it: held in any direction, with EXIF that says which.

    Args:
        orientation: EXIF's, 1 to 8; 6 is a phone held upright.
    """
    upright = digits_image(text, scale=scale).convert("RGB")
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    return encoded(_lain_down(upright, orientation), "JPEG", quality=90, exif=exif)


def blank_png(width: int = 200, height: int = 100, grey: int = 255) -> bytes:
    """An empty sheet."""
    return encoded(Image.new("L", (width, height), grey), "PNG")


def letter_png() -> bytes:
    """A large W, in which nothing looks like a digit."""
    paper = np.full((160, 240), 255, np.uint8)
    cv2.putText(paper, "W", (50, 120), cv2.FONT_HERSHEY_SIMPLEX, fontScale=3, color=0, thickness=5)
    return encoded(Image.fromarray(paper), "PNG")


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:
    """The picture as a file of this format."""
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def decoded(data: bytes) -> Image.Image:
    """The picture that a file holds, whole."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def make_user(username: str = "ada") -> User:
    """A person who may sign in with PASSWORD, and nothing else."""
    return User.objects.create_user(username, password=PASSWORD)


def make_admin(username: str = "grace") -> User:
    """A person who may do everything."""
    return User.objects.create_superuser(username, password=PASSWORD)


def make_visitor() -> Owner:
    """An anonymous browser session."""
    return Owner(visitor=uuid4())


def make_upload(
    owner: Owner | None = None,
    data: bytes | None = None,
    *,
    source: str = Upload.Source.FILE,
    original_name: str = "digits.png",
) -> Upload:
    """A picture that was taken, stored and really read: 20 ms. A visitor's unless told whose."""
    return recognize(
        Given(data or digits_png(), source, original_name=original_name), owner or make_visitor()
    )


def make_upload_row(
    owner: Owner | None = None,
    *,
    text: str = "42",
    state: str = Prediction.State.READ,
    possibilities: Sequence[tuple[str, float]] = (),
    confidence: float | None = 0.95,
    created: datetime | None = None,
    read: Mapping[str, Any] = MappingProxyType({}),
    **fields: Any,
) -> Upload:
    """An upload with a prediction and its digits, but no file: where only the rows matter.

    Args:
        read: further values of the prediction; what else is named is the upload's.
    """
    owner = owner or make_visitor()
    values: dict[str, Any] = {
        "user": owner.user,
        "visitor": None if owner.user else owner.visitor,
        "original_name": "digits.png",
        "sha256": "0" * 64,
        "file_sha256": "1" * 64,
        "width": 200,
        "height": 100,
        "byte_size": 1000,
        "stored": timezone.now(),
    }
    upload = Upload(**values | fields)
    upload.file.name = stored_name(upload, "png")
    upload.save(force_insert=True)
    if created:
        # The row's own date is set by the database layer on insert.
        Upload.objects.filter(pk=upload.pk).update(created=created)
        upload.created = created
    has_text = state in _WITH_TEXT
    upload.current_prediction = make_prediction(
        upload,
        text=text,
        state=state,
        possibilities=list(possibilities),
        confidence=confidence if has_text else None,
        **read,
    )
    upload.save(update_fields=["current_prediction"])
    return upload


def make_batch(user: User, name: str = "Meters", **fields: Any) -> Batch:
    """A batch that takes pictures, and has none yet."""
    return Batch.objects.create(user=user, name=name, **fields)


def make_item(
    batch: Batch, number: int = 0, upload: Upload | None = None, **fields: Any
) -> BatchItem:
    """A picture of a batch, which came as the file with this number.

    Args:
        upload: a picture that is not refused; with its answer, as it stands in `make_upload_row`.
    """
    source, _ = BatchSource.objects.get_or_create(
        batch=batch,
        number=number,
        defaults={"name": f"{number}.png", "sha256": "0" * 64, "byte_size": 1000}
        | dict.fromkeys(("stored", "opened"), timezone.now()),
    )
    position = number * POSITIONS_OF_A_SOURCE
    item = BatchItem(batch=batch, source=source, position=position, name=source.name, upload=upload)
    if upload and upload.current_prediction:
        item = item_answered_by(item, upload.current_prediction)
    for name, value in fields.items():
        setattr(item, name, value)
    item.save()
    return item


def make_prediction(
    upload: Upload, *, text: str = "42", state: str = Prediction.State.READ, **fields: Any
) -> Prediction:
    """What a model version read in the upload, with a row for each digit."""
    failed = state == Prediction.State.FAILED
    has_text = state in _WITH_TEXT
    values: dict[str, Any] = {
        "model_version": None if failed else make_model_version(),
        "state": state,
        "reason": Prediction.Reason.READER_FAILED if failed else "",
        "text": text if has_text else "",
        "confidence": 0.95 if has_text else None,
        "milliseconds": 5.0,
    }
    prediction = Prediction.objects.create(upload=upload, **values | fields)
    digits = [
        (line, int(value))
        for line, values_of_line in enumerate(prediction.lines)
        for value in values_of_line
    ]
    DigitPrediction.objects.bulk_create(
        make_digit(prediction, position=position, line=line, value=value)
        for position, (line, value) in enumerate(digits)
    )
    return prediction


def make_digit(prediction: Prediction, **fields: Any) -> DigitPrediction:
    """One digit of a prediction, not saved yet."""
    values: dict[str, Any] = {
        "prediction": prediction,
        "position": 0,
        "line": 0,
        "value": 4,
        "confidence": 0.97,
        "x": 20 * fields.get("position", 0),
        "y": 10,
        "width": 15,
        "height": 30,
        "alternatives": [[9, 0.02], [1, 0.01], [7, 0.0]],
        "frame": bytes(28 * 28),
    }
    return DigitPrediction(**values | fields)


def make_model_version(card: ModelCard | None = None, *, activate: bool = False) -> ModelVersion:
    """The row of a model; always the same one unless a card is given."""
    version = ModelVersion.objects.register(card or make_card())
    if activate:
        version.activate()
    return version


def lose_the_model(settings: Settings, folder: Path) -> None:
    """Let a version be active that this machine does not have."""
    settings.MODEL_DIR = folder / "no-models"
    make_model_version(activate=True)


def _line(values: str, scale: int) -> NDArray[np.uint8]:
    frames = _clear_frames()
    side = frames.shape[1] * scale
    tiles = [
        _pad(cv2.resize(frames[int(value)], (side, side), interpolation=cv2.INTER_CUBIC), 16, 8, 8)
        for value in values
    ]
    return np.hstack(tiles)


def _pad(tile: Any, above_and_below: int, left: int, right: int) -> NDArray[np.uint8]:
    sides = ((above_and_below, above_and_below), (left, right))
    return np.pad(tile, sides, constant_values=255).astype(np.uint8)


@lru_cache(maxsize=1)
def _clear_frames() -> NDArray[np.uint8]:
    """(10, 28, 28): a frame of each digit, dark ink on white."""
    frames: NDArray[np.uint8] = 255 - load_mnist().training.images[list(CLEAR_DIGITS)]
    return frames


def _lain_down(upright: Image.Image, orientation: int) -> Image.Image:
    """The picture whose EXIF turn by `orientation` gives the upright one."""
    undone_by = {6: 8, 8: 6}.get(orientation, orientation)
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = undone_by
    turned = decoded(encoded(upright, "PNG", exif=exif))
    return ImageOps.exif_transpose(turned)
