"""What this project asks of a storage beyond Django's own interface."""

from typing import Protocol, cast

from django.core.files.storage import default_storage


class StorageUnavailable(Exception):
    """The storage failed: try again later."""

    code = "storage_unavailable"


class PictureStorage(Protocol):
    """A disk or a bucket that pictures are stored in."""

    # Whether what is left of a file that could not be saved can be removed at once. A bucket that
    # has just failed would only cause another wait.
    cleans_up_at_once: bool

    def require_usable(self) -> None:
        """Check that pictures can be stored and read now.

        Raises:
            OSError: they can't be.
        """


def picture_storage() -> PictureStorage:
    """The storage that the settings name; every one they can name is a PictureStorage."""
    return cast(PictureStorage, default_storage)
