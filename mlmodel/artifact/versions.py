"""A folder of models, one folder a version, named by its checksum.

A version that was written once stays until somebody removes its folder: an earlier one can always
read again. The file `chosen` names the version that reads for whoever has no database to ask.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mlmodel.artifact.card import SHA_DIGITS_IN_NAME, ModelCard, ModelError
from mlmodel.artifact.directory import (
    PARTIAL_SUFFIX,
    Artifacts,
    ModelMissing,
    ModelNotWritten,
    read_card,
    read_model,
    sync_folder,
    write_model,
)

CHOSEN_FILE = "chosen"
_SHA256 = re.compile("[0-9a-f]{64}")


def publish(card: ModelCard, artifacts: Artifacts, models: Path) -> Path:
    """Add a version to a folder of models; the others, and the choice among them, stay.

    Killed at any moment, it leaves the whole version or none.

    Returns:
        the version's own folder.

    Raises:
        ValueError: the card describes another artifact.
        ModelNotWritten: the folder or a file can't be written.
    """
    folder = models / card.sha256[:SHA_DIGITS_IN_NAME]
    try:
        with _locked(models):
            _remove_leftovers(models)
            if not _is_whole(folder, card):
                write_model(card, artifacts, folder)
    except OSError as error:
        raise ModelNotWritten(f"The model can't be written to {models}: {error}") from error
    return folder


def prepare(models: Path) -> None:
    """Create a folder of models where it is missing, and make sure that it can be written to.

    Raises:
        ModelNotWritten: it can't.
    """
    probe = models / f".probe{PARTIAL_SUFFIX}"
    try:
        with _locked(models):
            probe.mkdir()
            probe.rmdir()
    except OSError as error:
        raise ModelNotWritten(f"No model can be written to {models}: {error}") from error


def folder_of(sha256: str, models: Path, *others: Path) -> Path:
    """Find the folder of a version.

    Args:
        sha256: the checksum of the model, as its card has it.
        models: a folder of models, or the folder of one.
        others: folders of one model each, looked at when the first has no such version.

    Raises:
        ModelMissing: none of them holds it.
    """
    for folder in (models / sha256[:SHA_DIGITS_IN_NAME], models, *others):
        try:
            if read_card(folder).sha256 == sha256:
                return folder
        except (ModelError, OSError):  # no model, or one that can't be trusted
            continue
    raise ModelMissing(f"The model {sha256[:SHA_DIGITS_IN_NAME]} is not in {models}.")


def choose(sha256: str, models: Path) -> None:
    """Note which version reads, for whoever has no database to ask.

    Raises:
        ModelNotWritten: the note can't be written.
    """
    note = models / CHOSEN_FILE
    partial = note.with_name(f".{note.name}{PARTIAL_SUFFIX}")
    try:
        with _locked(models):
            with partial.open("w") as file:
                file.write(f"{sha256}\n")
                file.flush()
                os.fsync(file.fileno())
            partial.replace(note)
            sync_folder(models)
    except OSError as error:
        raise ModelNotWritten(f"{note} can't be written: {error}") from error


def chosen(models: Path) -> str | None:
    """Read the checksum of the version that was chosen; None where none was."""
    try:
        with (models / CHOSEN_FILE).open() as file:
            sha256 = file.read(65).strip()
    except (OSError, UnicodeDecodeError):
        return None
    return sha256 if _SHA256.fullmatch(sha256) else None


@contextmanager
def _locked(models: Path) -> Iterator[None]:
    """One writer at a time: two trainings that end together must not mix their files."""
    models.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(models, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_whole(folder: Path, card: ModelCard) -> bool:
    try:
        return read_model(folder)[0] == card
    except (ModelError, OSError):
        return False


def _remove_leftovers(models: Path) -> None:
    """What a killed `publish` left half written; the lock makes sure that none is under way."""
    for path in models.glob(f".*{PARTIAL_SUFFIX}"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
