"""One process at a time: a lock that the kernel releases, however its holder ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from digitrec.launch.cannot_start import CannotStart


class LockHeld(CannotStart):
    pass


@dataclass(frozen=True)
class FolderLock:
    """A lock file that is held; its holder can leave a note in it for whoever comes second."""

    descriptor: int

    def leave_note(self, text: str) -> None:
        os.pwrite(self.descriptor, text.encode(), 0)


@contextmanager
def folder_lock(path: Path) -> Iterator[FolderLock]:
    """Hold the lock file at path, which is created with its folders where it is missing.

    Raises:
        LockHeld: another process holds it; the message repeats its note.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 1000).decode(errors="replace").strip()
            raise LockHeld(
                f"digitrec already runs in this folder{holder and f', at {holder}'}."
            ) from None
        os.truncate(descriptor, 0)
        yield FolderLock(descriptor)
    finally:
        os.close(descriptor)
