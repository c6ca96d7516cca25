"""The way most projects store uploads. The runs must find its faults, or they prove nothing."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.utils import timezone

from recognizer.intake import cleaning
from recognizer.models import Owner, Upload, stored_name
from recognizer.uploads import reading
from recognizer.uploads.storing import Given


class NaiveStorage(FileSystemStorage):
    """Django's own, given a picture as Django gives it: in a temporary file, which is moved.

    Moved to another disk, it is copied, and nobody looks how much of it the disk took.
    """

    def _save(self, name: str, content: File[Any]) -> str:
        with TemporaryUploadedFile(name, "image/png", content.size, None) as temporary:
            temporary.write(content.read())
            temporary.flush()
            temporary.seek(0)
            return str(super()._save(name, temporary))  # type: ignore[misc]


def file_then_row(given: Given, owner: Owner) -> Upload:
    """Like recognize in recognizer.uploads, but the file comes first, and no key counts."""
    image = cleaning.clean(given.data, max_bytes=10 * 2**20)
    upload = Upload(
        visitor=owner.visitor,
        source=given.source,
        sha256=image.sha256,
        file_sha256=hashlib.sha256(image.encoded).hexdigest(),
        width=image.width,
        height=image.height,
        byte_size=image.byte_size,
    )
    upload.file.name = stored_name(upload, image.extension)
    default_storage.save(upload.file.name, ContentFile(image.encoded))
    outcome = reading.read_pixels(reading.Pixels(image.pixels, image.size))
    with transaction.atomic():
        upload.stored = timezone.now()
        upload.save(force_insert=True)
        upload.current_prediction = reading.create_prediction(upload, outcome)
        upload.save(update_fields=["current_prediction"])
    return upload
