"""One process at a time: a lock that the kernel lets go of, however its holder ends."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from digitrec.launch.cannot_start import CannotStart


class LockHeld(CannotStart):
    pass


class FolderLock:
    """Holds a lock file, in which the holder can leave a note for whoever comes second."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 1000).decode(errors="replace").strip()
            os.close(descriptor)
            raise LockHeld(
                f"digitrec already runs in this folder{holder and f', at {holder}'}."
            ) from None
        os.truncate(descriptor, 0)
        self._descriptor = descriptor
        return self

    def leave_note(self, text: str) -> None:
        if self._descriptor is not None:
            os.pwrite(self._descriptor, text.encode(), 0)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
