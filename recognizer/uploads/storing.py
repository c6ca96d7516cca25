"""Taking pictures in: clean the picture, insert its row, store its file. Reading comes later."""

import hashlib
import logging
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from recognizer.intake import cleaning
from recognizer.intake.crop import Crop
from recognizer.intake.drawing import Drawing
from recognizer.models import FileRemoval, Owner, Upload, stored_name
from recognizer.storage.protocol import StorageUnavailable, picture_storage
from recognizer.uploads.deletion import remove_file
from recognizer.uploads.quota import require_room, wait_for_others
from recognizer.uploads.reading import UploadGone
from recognizer.uploads.storing_lock import storing_lock

logger = logging.getLogger(__name__)

MAX_NAME_LENGTH = 255
_AS_IT_IS = Crop()


class KeyReused(Exception):
    """The key that came with a picture was given with another picture before."""


@dataclass(frozen=True)
class Given:
    """A picture as somebody gave it.

    Attributes:
        data: the file.
        source: one of Upload.Source.
        original_name: the file's name, which a stranger chose.
        drawing: the strokes that the picture was rendered from.
        key: the giver's own name for this picture. A picture given again with the same key is the
            same upload.
        crop: how to turn and crop it before anything is stored.
        max_bytes: of the file; None for what the settings allow. A page of a PDF, which we encoded
            ourselves, may have more.
    """

    data: bytes
    source: str
    original_name: str = ""
    drawing: Drawing | None = None
    key: str = ""
    crop: Crop = _AS_IT_IS
    max_bytes: int | None = None


def take_in(given: Given, owner: Owner) -> Upload:
    """Check a picture and store it, to be read later.

    Returns:
        a stored upload; if the picture was given with the same key before, the upload made then,
        which may have been read already.

    Raises:
        Refusal: the picture can't be taken in; nothing is stored.
        StorageUnavailable: the disk or bucket failed; nothing is stored.
        KeyReused: another picture was given with this key before.
    """
    return store(cleaned(given), given, owner)


def cleaned(given: Given) -> cleaning.CleanImage:
    """Check a picture and encode it anew: upright, cropped, without metadata.

    Raises:
        Refusal: the picture can't be taken in.
    """
    max_bytes = given.max_bytes or settings.MAX_UPLOAD_BYTES
    return cleaning.clean(given.data, max_bytes=max_bytes, crop=given.crop)


def store(image: cleaning.CleanImage, given: Given, owner: Owner) -> Upload:
    """Store a clean picture: first the row, then the file, then the time when the file was safe.

    Raises: as take_in does.
    """
    upload = _row_of(image, given, owner)
    with storing_lock(upload.pk):
        # Meanwhile another request with this key may have stored or deleted the upload.
        upload = _as_it_is_now(upload)
        if upload.stored is None:
            _store_file(upload, image.encoded)
            try:
                mark_stored(upload)
            except UploadGone:
                _remove_file_of(upload)  # whoever deleted the row found no file to remove
                raise
    return upload


def mark_stored(upload: Upload) -> None:
    """Record that an upload's file is safe; the caller holds the upload's storing lock.

    Raises:
        UploadGone: it was deleted meanwhile.
    """
    upload.stored, upload.given_up = timezone.now(), None
    if not Upload.objects.filter(pk=upload.pk).update(stored=upload.stored, given_up=None):
        raise UploadGone


def _row_of(image: cleaning.CleanImage, given: Given, owner: Owner) -> Upload:
    """The upload's row: a new one, or the one that was made with this key before."""
    upload = _new_row(image, given, owner)
    try:
        row = _earlier(upload) or _inserted(upload, owner)
    except IntegrityError as error:
        if _is_gone(owner):
            raise UploadGone from error  # with its owner's account
        raise
    if not _is_same_picture(row, upload):
        raise KeyReused
    return row


def _inserted(upload: Upload, owner: Owner) -> Upload:
    """The new row, or that of a request with the same key that was faster.

    Committed before the file is written: after a crash, a row names every file there is.
    """
    if upload.source == Upload.Source.BATCH:  # its batch sees to the room for all of its pictures
        with transaction.atomic():
            upload.save(force_insert=True)
        return upload
    with transaction.atomic():
        wait_for_others(owner)
        # One of the others may have been the same picture: it needs no room twice.
        if earlier := _earlier(upload):
            return earlier
        require_room(owner, files=1, byte_count=upload.byte_size)
        upload.save(force_insert=True)
    return upload


def _is_gone(owner: Owner) -> bool:
    return owner.user is not None and not User.objects.filter(pk=owner.user.pk).exists()


def _is_same_picture(one: Upload, other: Upload) -> bool:
    """Whether both are one file, turned and cropped alike."""
    return (one.sha256, one.file_sha256) == (other.sha256, other.file_sha256)


def _new_row(image: cleaning.CleanImage, given: Given, owner: Owner) -> Upload:
    upload = Upload(
        user=owner.user,
        visitor=None if owner.user else owner.visitor,
        key=given.key,
        source=given.source,
        original_name=printable_name(given.original_name),
        sha256=image.sha256,
        file_sha256=hashlib.sha256(image.encoded).hexdigest(),
        width=image.width,
        height=image.height,
        byte_size=image.byte_size,
        more_frames=image.more_frames,
        strokes=given.drawing.content() if given.drawing else None,
    )
    upload.file.name = stored_name(upload, image.extension)
    return upload


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
        raise UploadGone from None


def _store_file(upload: Upload, encoded: bytes) -> None:
    try:
        upload.file.storage.save(upload.file.name, ContentFile(encoded))
    except OSError as error:
        logger.exception("upload %s could not be stored", upload.pk)
        _abandon(upload)
        raise StorageUnavailable from error


def _abandon(upload: Upload) -> None:
    """Delete an upload that can't be stored, and its file now or at the next sweep."""
    Upload.objects.filter(pk=upload.pk).delete()  # a trigger inserts its FileRemoval
    if picture_storage().cleans_up_at_once:
        _remove_file_of(upload)


def _remove_file_of(upload: Upload) -> None:
    """Remove the file of an upload whose row is gone; what fails is noted for a sweep."""
    removal, _ = FileRemoval.objects.get_or_create(name=str(upload.file.name))
    remove_file(removal)


def printable_name(name: str) -> str:
    """A stranger's file name as it may be shown: no path, no control or direction characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    return kept.strip()[:MAX_NAME_LENGTH]
