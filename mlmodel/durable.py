"""Files that survive a power cut: forced to the disk, with the names that they have there."""

import os
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Write a file and force it to the disk; its name is safe once sync_folder was called."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
