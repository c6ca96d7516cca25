"""Checks whether every stored file is there and whole."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePosixPath
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from recognizer.models import BatchSource, Upload

UPLOADS, SOURCES, QUARANTINE = "uploads", "sources", "quarantine"
OWN_FOLDERS = (UPLOADS, SOURCES, QUARANTINE)
_PART_BYTES = 1 << 20


def read_if_whole(name: str, sha256: str) -> bytes | None:
    """A stored file's bytes; None if it is missing, or if its SHA-256 is another one."""
    try:
        with default_storage.open(name) as file:
            data = bytes(file.read())
    except FileNotFoundError:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def is_whole(name: str, sha256: str) -> bool:
    """Whether a stored file is there with this SHA-256; it may be larger than fits into memory."""
    try:
        return sha256 == _sha256_of(name)[0]
    except FileNotFoundError:
        return False


def _sha256_of(name: str) -> tuple[str, int]:
    """The SHA-256 and the size in bytes of a stored file."""
    digest, size = hashlib.sha256(), 0
    with default_storage.open(name) as file:
        while part := file.read(_PART_BYTES):
            digest.update(part)
            size += len(part)
    return digest.hexdigest(), size


def is_named(name: str) -> bool:
    """Whether a row names the file; a file's row also names the part that a cut-off left of it."""
    try:
        pk = UUID(PurePosixPath(name).name.split(".")[0])
    except ValueError:
        return False
    # By key, because there may be a million rows, and no index has their files' names.
    named = [*Upload.objects.filter(pk=pk).values_list("file", flat=True)]
    named += BatchSource.objects.filter(pk=pk).values_list("file", flat=True)
    return any(name in (each, f"{each}.part") for each in named if each)


def waiting_sources() -> QuerySet[BatchSource]:
    """The files of batches that must be on the storage: their pictures are not all stored yet."""
    return BatchSource.objects.filter(stored__isnull=False).exclude(file="")


@dataclass
class Verification:
    """What was found in the files of all stored uploads, and of batches.

    Attributes:
        whole: the number of files with the SHA-256 of their rows.
        missing, changed: names of files that are not there, or have another SHA-256.
        extra: names of files that no row names.
    """

    whole: int
    missing: list[str]
    changed: list[str]
    extra: list[str]

    @property
    def is_sound(self) -> bool:
        return not (self.missing or self.changed or self.extra)


def verify_storage(pace: Callable[[int], None] = lambda _bytes: None) -> Verification:
    """Read every stored file and compare its SHA-256 with the one in its row.

    Args:
        pace: called with the size in bytes of each file that was read; it may wait.
    """
    found = Verification(0, [], [], [])
    for name, sha256 in _named():
        try:
            found_sha256, size = _sha256_of(name)
        except FileNotFoundError:
            found.missing.append(name)
            continue
        if found_sha256 == sha256:
            found.whole += 1
        else:
            found.changed.append(name)
        pace(size)
    everything = chain(files_under(UPLOADS), files_under(SOURCES))
    found.extra = [name for name in everything if not is_named(name)]
    return found


def _named() -> Iterator[tuple[str, str]]:
    """The name and the SHA-256 of every file that must be on the storage."""
    uploads = Upload.objects.filter(stored__isnull=False)
    yield from uploads.values_list("file", "file_sha256").iterator()
    yield from waiting_sources().values_list("file", "sha256").iterator()


def files_under(folder: str) -> Iterator[str]:
    """The names of all files in a folder of the storage and in its subfolders."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in files)
    for inner in folders:
        yield from files_under(f"{folder}/{inner}")
