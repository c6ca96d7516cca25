"""Everything that is stored about one owner: to download, and to delete."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO, Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.db import transaction
from django.db.models import QuerySet

from recognizer.accounts.lockout import forget_attempts_on
from recognizer.batches.changing import delete_batch
from recognizer.batches.export import table_of
from recognizer.models import Batch, BatchSource, Check, Owner, SavedRule, Upload
from recognizer.serializers import reading_as_data, upload_as_data
from recognizer.uploads.deletion import delete_uploads

DATA_FILE = "data.json"
PART_BYTES = 1 << 20


def archive(owner: Owner) -> Iterator[bytes]:
    """A ZIP of an owner's pictures and files, and a JSON file with all the rest, part by part."""
    sink = _Sink()
    with TemporaryFile() as described, zipfile.ZipFile(sink, "w") as packed:
        for entry in _described(owner, packed):
            described.write(entry.encode())
            if sink.holds:
                yield sink.take()
        for source in BatchSource.objects.filter(batch__in=_batches(owner)).exclude(file=""):
            yield from _pack_source(packed, source, sink)
        described.seek(0)
        yield from _pack(packed, DATA_FILE, described, sink)
        packed.close()
        yield sink.take()


def delete(owner: Owner) -> int:
    """Delete all batches, uploads and rules of an owner; returns how many uploads.

    A transaction deletes some hundred: what was deleted before an interruption stays deleted, and
    the same request deletes the rest.
    """
    in_batches = sum(delete_batch(batch, with_notes=True) for batch in _batches(owner))
    singly = delete_uploads(Upload.objects.given_by(owner).iterator(), with_notes=True)
    _rules(owner).delete()
    return in_batches + singly


def delete_account(owner: Owner, user: User) -> None:
    """Delete a user's account, all that it gave, the log entries about it and failed sign-ins."""
    delete(owner)
    with transaction.atomic():
        # Until this is done nothing more can be given; what was given meanwhile goes as well.
        User.objects.select_for_update().filter(pk=user.pk).first()
        delete(owner)
        notes = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User))
        notes.filter(object_id=str(user.pk)).delete()
        forget_attempts_on(user.get_username())
        user.delete()


def _batches(owner: Owner) -> QuerySet[Batch]:
    return Batch.objects.visible_to(owner).order_by("created", "pk")


def _checks(owner: Owner) -> Iterator[Check]:
    """What a user said of pictures, also of other people's."""
    said = Check.objects.filter(user=owner.user) if owner.user else Check.objects.none()
    return said.order_by("created", "pk").iterator()


def _rules(owner: Owner) -> QuerySet[SavedRule]:
    """All rules of an owner, the retired and unnamed ones as well."""
    return SavedRule.objects.filter(user=owner.user) if owner.user else SavedRule.objects.none()


def _described(owner: Owner, packed: zipfile.ZipFile) -> Iterator[str]:
    """JSON with everything about an owner, entry by entry; puts the pictures into the archive."""
    uploads = (
        Upload.objects.given_by(owner)
        .with_current_prediction()
        .prefetch_related("predictions__digits", "predictions__model_version")
    )
    yield f'{{"account": {_as_json(_account(owner))}'
    yield from _listed(
        "uploads",
        (
            _everything_of(upload) | {"picture": _pack_picture(packed, upload)}
            for upload in uploads.iterator(chunk_size=50)
        ),
    )
    yield from _listed("rules", map(_rule, _rules(owner)))
    yield from _listed("batches", map(_batch, _batches(owner)))
    yield from _listed("checks", map(_check, _checks(owner)))
    yield "}\n"


def _listed(name: str, things: Iterable[dict[str, object]]) -> Iterator[str]:
    yield f',\n"{name}": ['
    for number, thing in enumerate(things):
        yield f"{',' if number else ''}\n{_as_json(thing)}"
    yield "]"


def _as_json(thing: object) -> str:
    return json.dumps(thing, default=str)


def _rule(rule: SavedRule) -> dict[str, object]:
    return {
        "id": rule.pk,
        "name": rule.name,
        "definition": rule.definition,
        "created": rule.created,
        "retired": rule.retired,
    }


def _check(check: Check) -> dict[str, object]:
    return {
        "upload": check.upload_id,
        "written": check.written,
        "verdict": check.verdict,
        "how": check.how,
        "asked": check.asked,
        "seconds": check.seconds,
        "created": check.created,
    }


def _batch(batch: Batch) -> dict[str, object]:
    table = table_of(batch, batch.items.all(), "", whole=True)
    return {
        "id": batch.pk,
        "name": batch.name,
        "rule": batch.rule_id,
        "one_wrong_in": batch.one_wrong_in,
        "skip_identical": batch.skip_identical,
        "double_keying": batch.double_keying,
        "keep_days": batch.keep_days,
        "language": batch.language,
        "key": batch.key,
        "created": batch.created,
        "closed": batch.closed,
        "finished": batch.finished,
        "cancelled": batch.cancelled,
        "sources": [_source(source) for source in batch.sources.order_by("number")],
        "pictures": [dict(zip(table.columns, row, strict=True)) for row in table.rows],
    }


def _source(source: BatchSource) -> dict[str, object]:
    return {
        "name": source.name,
        "bytes": source.byte_size,
        "sha256": source.sha256,
        "key": source.key,
        "created": source.created,
        "opened": source.opened,
        "code": source.code,
        "refusal": source.refusal,
        "file": _packed_name(source) if source.file else None,
    }


def _packed_name(source: BatchSource) -> str:
    return f"files/{source.pk}"


def _pack_source(packed: zipfile.ZipFile, source: BatchSource, sink: _Sink) -> Iterator[bytes]:
    """Add a file that waits to be opened to the archive; one that can't be read is left out."""
    try:
        file = source.file.open("rb")
    except OSError:
        return
    with file:
        yield from _pack(packed, _packed_name(source), file, sink)


def _pack(
    packed: zipfile.ZipFile, name: str, file: IO[bytes] | File[Any], sink: _Sink
) -> Iterator[bytes]:
    """Add a file to the archive, however large it is."""
    with packed.open(name, "w", force_zip64=True) as entry:
        while part := file.read(PART_BYTES):
            entry.write(part)
            if sink.holds > PART_BYTES:
                yield sink.take()


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

    @property
    def holds(self) -> int:
        """The number of bytes that were not taken yet."""
        return len(self._written)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken
