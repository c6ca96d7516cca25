"""A file system that can't force folders to the disk, as those of SMB shares and WSL."""

import os
import stat
from collections.abc import Callable


def refusing_folders(number: int) -> Callable[[int], None]:
    """An os.fsync that answers this error for folders, and works for files."""
    fsync = os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        fsync(descriptor)

    return refuse
