"""Files on the local disk: whole and durable, or not there at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from mlmodel.durable import sync_folder

# A file in the media folder since its first use. If it is missing later, the folder is another
# one, because the disk that held it is not mounted.
MARKER = ".digitrec-media"
_PART = ".part"


class FileIncomplete(OSError):
    """The disk holds other bytes than were written (a full disk may not report an error)."""


class FolderReplaced(OSError):
    """The media folder is not the one that the pictures were stored in."""


class DurableFileStorage(FileSystemStorage):
    """Writes under another name, forces the file to the disk, compares its SHA-256, then renames.

    Django's own storage may report success for a file that a full disk cut short. The rename
    replaces an earlier file of the same name in one step: names are unique to an upload, so such a
    file was left by an attempt that was cut off.
    """

    cleans_up_at_once = True

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002
        return name

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        try:
            return super()._open(name, mode)  # type: ignore[misc,no-any-return]
        except FileNotFoundError:
            self.require_folder()  # raises another error if the whole folder is missing
            raise

    def _save(self, name: str, content: File[Any]) -> str:
        self.require_folder()
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(path.name + _PART)
        try:
            _write_part(part, content, self.file_permissions_mode or 0o600)
            part.rename(path)
            sync_folder(path.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            raise
        return name

    def delete(self, name: str) -> None:
        self.require_folder()  # an empty mount point would look like a file removed before
        super().delete(name)
        self.remove_part(name)

    def remove_part(self, name: str) -> None:
        """Remove the partial file of an attempt to store this file that was cut off."""
        path = Path(self.path(name))
        path.with_name(path.name + _PART).unlink(missing_ok=True)

    def require_usable(self) -> None:
        """Check that this is the right folder, and that it can be written to."""
        self.require_folder()
        (Path(self.location) / MARKER).touch()

    def require_folder(self) -> None:
        """Check that this is the folder that pictures are stored in; mark it on its first use.

        Raises:
            FolderReplaced: it is not, most likely because its disk is not mounted.
        """
        if not (Path(self.location) / MARKER).exists():
            self._take_as_folder()

    def _take_as_folder(self) -> None:
        # Imported late: models name this storage.
        from recognizer.models import BatchSource, Upload

        folder = Path(self.location)
        uploads = Upload.objects.filter(stored__isnull=False)
        # Other files of batches are removed soon.
        unopened = BatchSource.objects.filter(stored__isnull=False, opened=None)
        for rows in (uploads, unopened):
            newest = rows.order_by("-created").first()
            if newest and not self.exists(str(newest.file.name)):
                raise FolderReplaced(
                    f"{folder} does not hold the files that the database names: "
                    "is its disk mounted?"
                )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / MARKER).touch()


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_part(part: Path, content: File[Any], mode: int) -> None:
    with part.open("wb") as file:
        given = _copy(content, file)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(mode)
    if sha256_of(part) != given:
        raise FileIncomplete(f"{part} does not hold what was written to it.")


def _copy(content: File[Any], file: IO[bytes]) -> str:
    """Write the whole content to a file; returns the SHA-256 of the content."""
    digest = hashlib.sha256()
    for chunk in content.chunks():
        data = chunk.encode() if isinstance(chunk, str) else chunk
        file.write(data)
        digest.update(data)
    return digest.hexdigest()
