"""Files on the local disk: whole and durable, or not there at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage


class ShortWrite(OSError):
    """The disk took fewer bytes than it was given (a full disk does this without an error)."""


class DurableFileStorage(FileSystemStorage):
    """Writes beside the place, forces it to the disk, checks the size, then renames.

    Django's own storage may report success for a file that a full disk cut short.
    """

    def _save(self, name: str, content: File[Any]) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(path.name + ".part")
        # Outside of what is undone below: a part that is there already is another's.
        file = part.open("xb")
        try:
            with file:
                expected = _copy(content, file)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(self.file_permissions_mode or 0o600)
            if part.stat().st_size != expected:
                raise ShortWrite(f"{part.stat().st_size} of {expected} bytes were written.")
            part.rename(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _force_to_disk(path.parent)
        return name


def _copy(content: File[Any], file: IO[bytes]) -> int:
    written = 0
    for chunk in content.chunks():
        data = chunk.encode() if isinstance(chunk, str) else chunk
        file.write(data)
        written += len(data)
    return written


def _force_to_disk(folder: Path) -> None:
    """Make the rename itself durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
