"""Everything that is stored about one owner: to download, and to delete."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from recognizer.accounts.lockout import forget_attempts_on
from recognizer.models import Owner, Upload
from recognizer.serializers import reading_as_data, upload_as_data
from recognizer.uploads.deletion import delete_uploads

DATA_FILE = "data.json"


def archive(owner: Owner) -> Iterator[bytes]:
    """A ZIP of an owner's pictures and a JSON file with everything else, part by part."""
    sink = _Sink()
    described = []
    with zipfile.ZipFile(sink, "w") as packed:
        uploads = (
            Upload.objects.given_by(owner)
            .with_current_prediction()
            .prefetch_related("predictions__digits", "predictions__model_version")
        )
        for upload in uploads.iterator(chunk_size=50):
            described.append(_everything_of(upload) | {"picture": _pack_picture(packed, upload)})
            yield sink.take()
        data = {"account": _account(owner), "uploads": described}
        packed.writestr(DATA_FILE, json.dumps(data, indent=2, default=str))
    yield sink.take()


def delete(owner: Owner) -> int:
    """Delete all uploads of an owner with their predictions; returns how many uploads.

    A transaction deletes some hundred: what was deleted before an interruption stays deleted, and
    the same request deletes the rest.
    """
    return delete_uploads(Upload.objects.given_by(owner).iterator(), with_notes=True)


def delete_account(owner: Owner, user: User) -> None:
    """Delete a user's account, its uploads, the log entries about it and its failed sign-ins."""
    delete(owner)
    with transaction.atomic():
        # Until this is done nothing more can be given; what was given meanwhile goes as well.
        User.objects.select_for_update().filter(pk=user.pk).first()
        delete(owner)
        notes = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User))
        notes.filter(object_id=str(user.pk)).delete()
        forget_attempts_on(user.get_username())
        user.delete()


def _pack_picture(packed: zipfile.ZipFile, upload: Upload) -> str | None:
    """Add a picture to the archive; returns its name there, or None if it can't be read."""
    name = f"pictures/{upload.pk}.{str(upload.file.name).rpartition('.')[2]}"
    try:
        with upload.file.open("rb") as file:
            content = file.read()
    except OSError:
        return None
    packed.writestr(name, content)
    return name


def _account(owner: Owner) -> dict[str, object] | None:
    user = owner.user
    if user is None:
        return None
    return {
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "joined": user.date_joined,
        "last_login": user.last_login,
    }


def _everything_of(upload: Upload) -> dict[str, object]:
    return upload_as_data(upload) | {
        "strokes": upload.strokes,
        "predictions": [
            {"made": prediction.created, **reading_as_data(prediction)}
            for prediction in upload.predictions.all()
        ],
    }


class _Sink(io.RawIOBase):
    """Holds what an archive writes; emptied after each picture, so that it stays small."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._written += part
        return len(part)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken
