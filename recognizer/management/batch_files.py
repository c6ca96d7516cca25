"""Which files on the server a batch is made from: a folder's, one file, or those of the storage."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import default_storage

from recognizer.management.picture_files import CLOSED_FOLDER, is_left_out_folder, is_wanted
from recognizer.refusals import FileTooLarge
from recognizer.upkeep.verification import OWN_FOLDERS, files_under

# Before what names files in the storage that the settings name, as in storage:scans/may/.
IN_STORAGE = "storage:"
HIDDEN = "hidden file or folder"
LINK_OUT = "link that leads out of the folder"
NO_FILE = "entry that is no file"


class NoSuchFiles(Exception):
    """There is nothing under this name from which a batch could be made."""


@dataclass(frozen=True)
class BatchFile:
    """One file to give to a batch.

    Attributes:
        name: below the folder or prefix that was named, with / between folders.
        place: where it is: a path, or a name in the storage.
    """

    name: str
    place: Path | str

    @property
    def key(self) -> str:
        """By which the batch knows the file when it is given again: its name may be too long."""
        return f"path {hashlib.sha256(os.fsencode(self.name)).hexdigest()}"

    def open(self) -> File[Any]:
        """The file, to be read.

        Raises:
            FileTooLarge: it is in a bucket, and too large to be fetched.
            OSError: it can't be read.
        """
        if isinstance(self.place, Path):
            return File(self.place.open("rb"), name=self.place.name)
        most = settings.BATCH_FILE_MEGABYTES << 20
        if default_storage.size(self.place) > most:
            raise FileTooLarge(most)
        return default_storage.open(self.place)


@dataclass
class BatchFiles:
    """The files of a folder, of the storage, or one alone, with 2 before 10.

    Attributes:
        passed_over: how many entries of each kind were left out, by the kind's name.
    """

    passed_over: Counter[str] = field(default_factory=Counter)

    def at(self, place: str) -> list[BatchFile]:
        """Every file at a place that somebody named.

        Raises:
            NoSuchFiles: there is none.
            OSError: the storage can't be listed.
        """
        if place.startswith(IN_STORAGE):
            found = self._in_storage(place.removeprefix(IN_STORAGE).strip("/"))
        elif Path(place).is_dir():
            found = self._below(Path(place).resolve())
        else:
            found = self._one(Path(place))
        files = sorted(found, key=lambda file: (natural(file.name), file.name))
        if not files:
            raise NoSuchFiles(f"There are no files in {place}. {self.sentence()}".rstrip())
        return files

    def sentence(self) -> str:
        """What was passed over, for people; empty if nothing was."""
        counts = [f"{kind}: {count}" for kind, count in sorted(self.passed_over.items())]
        return f"Passed over: {', '.join(counts)}." if counts else ""

    def _one(self, path: Path) -> Iterator[BatchFile]:
        if not path.is_file():
            raise NoSuchFiles(f"{path} is neither a file nor a folder on this server.")
        yield BatchFile(path.name, path)

    def _below(self, folder: Path) -> Iterator[BatchFile]:
        for place, folders, files in os.walk(folder, onerror=self._count_closed):
            here = Path(place)
            # In place: os.walk goes on with what is left, and never into links.
            folders[:] = [name for name in folders if self._is_entered(here / name)]
            for path in (here / name for name in files):
                if self._is_given(path, folder):
                    yield BatchFile(path.relative_to(folder).as_posix(), path)

    def _count_closed(self, _error: OSError) -> None:
        self.passed_over[CLOSED_FOLDER] += 1

    def _is_entered(self, folder: Path) -> bool:
        why = LINK_OUT if folder.is_symlink() else ""
        why = HIDDEN if is_left_out_folder(folder.name) else why
        self.passed_over.update([why] if why else [])
        return not why

    def _is_given(self, path: Path, folder: Path) -> bool:
        why = ""
        if path.name.startswith("."):
            why = HIDDEN
        elif not path.resolve().is_relative_to(folder):
            why = LINK_OUT
        elif not is_wanted(path):
            why = HIDDEN if path.is_file() else NO_FILE
        self.passed_over.update([why] if why else [])
        return not why

    def _in_storage(self, prefix: str) -> Iterator[BatchFile]:
        if not prefix or prefix.partition("/")[0] in OWN_FOLDERS:
            raise NoSuchFiles(
                f"Name a folder of the storage, as in {IN_STORAGE}scans/may/, and none of its own: "
                f"{', '.join(OWN_FOLDERS)}."
            )
        try:
            for name in files_under(prefix):
                below = name.removeprefix(f"{prefix}/")
                if any(part.startswith(".") for part in below.split("/")):
                    self.passed_over[HIDDEN] += 1
                else:
                    yield BatchFile(below, name)
        except SuspiciousFileOperation:
            raise NoSuchFiles(f"{prefix} is no folder of the storage.") from None


def natural(name: str) -> list[list[tuple[int, str]]]:
    """By which names are sorted as people count: 2.png before 10.png, and folder by folder."""
    return [
        [(int(part), "") if part.isdecimal() else (-1, part.casefold()) for part in parts]
        for parts in (re.split(r"([0-9]+)", folder) for folder in name.split("/"))
    ]
