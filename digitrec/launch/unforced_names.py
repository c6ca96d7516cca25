"""Says once at each start where the names of new files can't be forced to the disk."""

import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from digitrec import environment
from mlmodel.durable import sync_folder


def tell_of_unforced_names() -> None:
    """Write a line if a folder that files are kept in lies on such a file system."""
    if folders := unforced(_kept_in()):
        sys.stderr.write(
            f"The file system of {' and '.join(map(str, folders))} can't force the names of new "
            "files to the disk: after a power cut, the newest files may be missing there. "
            "docs/reliability.md says what is promised then.\n"
        )


def unforced(folders: Iterable[Path]) -> list[Path]:
    """Return those in which sync_folder can do nothing; a folder may be missing yet."""
    found = []
    for folder in folders:
        there = next(place for place in (folder, *folder.parents) if place.exists())
        with suppress(OSError):  # what is wrong is told by whoever writes there
            if not sync_folder(there):
                found.append(folder)
    return found


def _kept_in() -> Iterable[Path]:
    # Settings aren't read here: gunicorn's first process would hand them on to those that answer.
    var = environment.folder("VAR_DIR", "var")
    if not environment.text("DATABASE_URL"):
        yield var
    if not environment.text("S3_BUCKET"):
        yield environment.folder("MEDIA_ROOT", "media")
    if environment.text("MODEL_DIR"):
        yield environment.folder("MODEL_DIR", var)
