"""Checks whether every stored file is there and whole."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from uuid import UUID

from django.core.files.storage import default_storage

from recognizer.models import Upload

UPLOADS, QUARANTINE = "uploads", "quarantine"


def read_if_whole(name: str, sha256: str) -> bytes | None:
    """A stored file's bytes; None if it is missing, or if its SHA-256 is another one."""
    try:
        with default_storage.open(name) as file:
            data = bytes(file.read())
    except FileNotFoundError:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def is_named(name: str) -> bool:
    """Whether a row names the file; a file's row also names the part that a cut-off left of it."""
    try:
        pk = UUID(PurePosixPath(name).name.split(".")[0])
    except ValueError:
        return False
    # By key, because there may be a million rows, and no index has their files' names.
    return any(
        name in (str(named), f"{named}.part")
        for named in Upload.objects.filter(pk=pk).values_list("file", flat=True)
    )


@dataclass
class Verification:
    """What was found in the files of all stored uploads.

    Attributes:
        whole: the number of files with the SHA-256 of their rows.
        missing, changed: names of files that are not there, or have another SHA-256.
        extra: names of files that no upload names.
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
    rows = Upload.objects.filter(stored__isnull=False).values_list("file", "file_sha256")
    for name, sha256 in rows.iterator():
        try:
            with default_storage.open(name) as file:
                data = bytes(file.read())
        except FileNotFoundError:
            found.missing.append(name)
            continue
        if hashlib.sha256(data).hexdigest() == sha256:
            found.whole += 1
        else:
            found.changed.append(name)
        pace(len(data))
    found.extra = [name for name in files_under(UPLOADS) if not is_named(name)]
    return found


def files_under(folder: str) -> Iterator[str]:
    """The names of all files in a folder of the storage and in its subfolders."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in files)
    for inner in folders:
        yield from files_under(f"{folder}/{inner}")
