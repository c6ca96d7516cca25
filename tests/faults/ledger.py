"""Comparing what was acknowledged with the rows and with the files, all read again."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.files.storage import default_storage

from recognizer.models import Upload
from recognizer.upkeep.verification import UPLOADS, files_under


@dataclass(frozen=True)
class Breaches:
    """What is not as it should be.

    Attributes:
        lost: acknowledged uploads without a stored row or without their whole file.
        orphan: files that no row names.
        partial: parts of files, and rows that are stored but whose file is not what they say.
    """

    lost: int
    orphan: int
    partial: int


NONE = Breaches(lost=0, orphan=0, partial=0)


def compare(acknowledged: Iterable[UUID]) -> Breaches:
    hashes = {name: _sha256(name) for name in files_under(UPLOADS)}
    rows = {upload.pk: upload for upload in Upload.objects.all()}
    stored = {upload.pk for upload in rows.values() if upload.stored}
    whole = {pk for pk in stored if hashes.get(str(rows[pk].file.name)) == rows[pk].file_sha256}
    parts = {name for name in hashes if name.endswith(".part")}
    named = {str(upload.file.name) for upload in rows.values()}
    return Breaches(
        lost=len(set(acknowledged) - whole),
        orphan=len(hashes.keys() - named - parts),
        partial=len(parts) + len(stored - whole),
    )


def _sha256(name: str) -> str:
    with default_storage.open(name) as file:
        return hashlib.sha256(file.read()).hexdigest()
