"""Files that survive a power cut: forced to the disk, with the names that they have there."""

import errno
import os
from pathlib import Path

# What the file system of an SMB share, of Windows drives in WSL, or one in user space answers
# where it can't force a folder to the disk. A disk that fails answers EIO or ENOSPC.
_NO_SUCH_ABILITY = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF)


def write_durably(path: Path, content: bytes) -> None:
    """Write a file and force it to the disk; its name is safe once sync_folder was called."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> bool:
    """Force the names in a folder to the disk.

    Returns:
        whether they are: False where the file system can't do that for any folder. The files are
        as whole as elsewhere, and only a power cut can take back their newest names.

    Raises:
        OSError: the disk failed, or the folder can't be read.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SUCH_ABILITY:
            raise
        return False
    finally:
        os.close(descriptor)
    return True
