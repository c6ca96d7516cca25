"""The one way in which uploads and predictions come to be: row first, file, prediction."""

import hashlib
import io
import logging
import unicodedata

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from recognizer.intake import cleaning
from recognizer.intake.crop import Crop
from recognizer.intake.drawing import Drawing
from recognizer.models import (
    FileRemoval,
    Owner,
    Prediction,
    Upload,
    stored_name,
)
from recognizer.uploads.deletion import remove_file
from recognizer.uploads.quota import require_room
from recognizer.uploads.reading import Outcome, create_prediction, read_pixels
from recognizer.uploads.storing_lock import storing_lock

logger = logging.getLogger(__name__)

MAX_NAME_LENGTH = 255
STORED_FORMATS = ("PNG", "JPEG")


class StorageUnavailable(Exception):
    """The picture could not be stored; nothing of it is kept. Try again later."""

    code = "storage_unavailable"


class KeyReused(Exception):
    """The key that came with a picture was given with another picture before."""


def recognize(
    data: bytes,
    *,
    owner: Owner,
    source: str,
    original_name: str = "",
    drawing: Drawing | None = None,
    key: str = "",
    crop: Crop | None = None,
) -> Upload:
    """Check, keep and read one picture.

    Args:
        crop: how to turn and crop it before anything is kept; left as it is if None.
        drawing: the strokes that the picture was rendered from.
        key: by which the giver knows this picture. Given again with the same one, it is the same
            upload; what was cut off is finished.

    Raises:
        Refusal: the picture can't be taken; nothing is kept.
        StorageUnavailable: the disk or bucket failed; nothing is kept.
        KeyReused: the key is another picture's.
    """
    image = cleaning.clean(data, max_bytes=settings.MAX_UPLOAD_BYTES, crop=crop or Crop())
    upload = _row_of(image, owner, source, original_name, drawing, key)
    with storing_lock(upload.pk):
        # Meanwhile another request with this key may have finished it, or given it up.
        upload = _as_it_is_now(upload)
        if upload.stored is None:
            _store_file(upload, image.encoded)
            _settle(upload, read_pixels(image.pixels, image.size))
    return upload


def finish(upload: Upload, file: bytes) -> None:
    """Finish an upload that was cut off after its file was stored; the caller holds its lock."""
    with Image.open(io.BytesIO(file), formats=STORED_FORMATS) as opened:
        pixels, size = cleaning.reading_pixels(opened), opened.size
    _settle(upload, read_pixels(pixels, size))


def read_again(upload: Upload) -> Prediction:
    """Read a stored picture with the model that is active now; earlier readings stay.

    Raises:
        StorageUnavailable: the stored file can't be read.
    """
    try:
        with upload.file.open() as file, Image.open(file, formats=STORED_FORMATS) as opened:
            pixels, size = cleaning.reading_pixels(opened), opened.size
    except OSError as error:
        raise StorageUnavailable from error
    outcome = read_pixels(pixels, size)
    with transaction.atomic():
        return create_prediction(upload, outcome)


def _row_of(
    image: cleaning.CleanImage,
    owner: Owner,
    source: str,
    original_name: str,
    drawing: Drawing | None,
    key: str,
) -> Upload:
    """The upload's row: a new one, or the one that was made with this key before."""
    upload = Upload(
        user=owner.user,
        visitor=None if owner.user else owner.visitor,
        key=key,
        source=source,
        original_name=printable_name(original_name),
        sha256=image.sha256,
        file_sha256=hashlib.sha256(image.encoded).hexdigest(),
        width=image.width,
        height=image.height,
        byte_size=image.byte_size,
        more_frames=image.more_frames,
        strokes=drawing.content() if drawing else None,
    )
    upload.file.name = stored_name(upload, image.extension)
    earlier = _earlier(upload)
    if earlier is None:
        try:
            # Committed before the file is written: after a crash the row names every file there is.
            with transaction.atomic():
                require_room(upload)
                upload.save(force_insert=True)
        except IntegrityError:
            earlier = _earlier(upload)
            if earlier is None:
                raise
        else:
            return upload
    # Turned or cropped otherwise, it is another picture, too.
    if (earlier.sha256, earlier.file_sha256) != (upload.sha256, upload.file_sha256):
        raise KeyReused
    return earlier


def _earlier(upload: Upload) -> Upload | None:
    """The upload that its owner gave with the same key before."""
    if not upload.key:
        return None
    owned = Upload.objects.filter(user=upload.user, visitor=upload.visitor)
    return owned.filter(key=upload.key).first()


def _as_it_is_now(upload: Upload) -> Upload:
    try:
        return Upload.objects.with_current_prediction().get(pk=upload.pk)
    except Upload.DoesNotExist:
        raise StorageUnavailable from None  # given up by a request with the same key


def _store_file(upload: Upload, encoded: bytes) -> None:
    try:
        upload.file.storage.save(upload.file.name, ContentFile(encoded))
    except OSError as error:
        logger.exception("upload %s could not be stored", upload.pk)
        _give_up(upload)
        raise StorageUnavailable from error


def _give_up(upload: Upload) -> None:
    """Leave nothing of an upload that can't be stored, or a note of what is still to be removed."""
    upload.delete()  # which notes the file for removal
    if getattr(upload.file.storage, "cleans_up_at_once", False):
        remove_file(FileRemoval.objects.get(name=upload.file.name))


def _settle(upload: Upload, outcome: Outcome) -> None:
    """The file is stored: say so, with what was read in it, in one step."""
    upload.stored, upload.given_up = timezone.now(), None
    with transaction.atomic():
        kept = Upload.objects.filter(pk=upload.pk)
        if not kept.update(stored=upload.stored, given_up=None):
            raise StorageUnavailable  # its owner was deleted meanwhile, and all of the owner's
        create_prediction(upload, outcome)


def printable_name(name: str) -> str:
    """A stranger's file name as it may be shown: no path, no control or direction characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    return kept.strip()[:MAX_NAME_LENGTH]
