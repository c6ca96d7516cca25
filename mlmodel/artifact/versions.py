"""A folder of models, with one folder for each version, named by the version's checksum.

A version stays until somebody removes its folder, so that an earlier one can always read again.
The file `chosen` names the version that reads; it is used where no database can be asked.
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
    read_plain_file,
    write_model,
)
from mlmodel.durable import sync_folder, write_durably

CHOSEN_FILE = "chosen"
_SHA256 = re.compile("[0-9a-f]{64}")
_CHOICE_BYTES = 65  # a checksum and the end of its line


def publish(card: ModelCard, artifacts: Artifacts, models: Path) -> Path:
    """Add a version to a folder of models, without changing the others or which one is chosen.

    A kill at any moment leaves the whole version or none. A whole version that is there already
    stays as it is, with the card that it was first published with.

    Returns:
        The version's own folder.

    Raises:
        ValueError: the card describes another artifact.
        CardDamaged, CardFormatUnknown: the card could not be read back; nothing is written.
        ModelNotWritten: the folder or a file can't be written.
    """
    folder = models / folder_name(card.sha256)
    try:
        with _locked(models):
            _remove_leftovers(models)
            if not _is_whole(folder, card):
                write_model(card, artifacts, folder)
    except OSError as error:
        raise ModelNotWritten(f"The model can't be written to {models}: {error}") from error
    return folder


def prepare(models: Path) -> None:
    """Create a folder of models if it is missing, and make sure that it can be written to.

    Raises:
        ModelNotWritten: the folder can't be created or written to.
    """
    probe = models / f".probe{PARTIAL_SUFFIX}"
    try:
        with _locked(models):
            _remove_leftovers(models)
            probe.mkdir()
            probe.rmdir()
    except OSError as error:
        raise ModelNotWritten(f"No model can be written to {models}: {error}") from error


def folder_of(sha256: str, models: Path, *others: Path) -> Path:
    """Return the folder of a version; its card is read, its artifacts are not.

    Args:
        sha256: the checksum of the model, as its card has it.
        models: a folder of models, or the folder of a single model.
        others: folders of one model each, searched after `models`.

    Raises:
        ModelMissing: none of them holds the version.
        CardDamaged, CardFormatUnknown, NotAPlainFile: the folder of its name has such a card.
    """
    problem: ModelError | None = None
    for folder in (models / folder_name(sha256), models, *others):
        try:
            if read_card(folder).sha256 == sha256:
                return folder
        except (ModelMissing, OSError):
            continue
        except ModelError as error:
            problem = problem or (error if folder.name == folder_name(sha256) else None)
    raise problem or ModelMissing(f"The model {folder_name(sha256)} is not in {models}.")


def folder_name(sha256: str) -> str:
    """Return the name of a version's own folder."""
    return sha256[:SHA_DIGITS_IN_NAME]


def choose(sha256: str, models: Path) -> None:
    """Write the checksum of the version that reads to the file `chosen`.

    Raises:
        ModelNotWritten: the file can't be written; the earlier choice stays.
    """
    note = models / CHOSEN_FILE
    partial = note.with_name(f".{note.name}{PARTIAL_SUFFIX}")
    try:
        with _locked(models):
            write_durably(partial, f"{sha256}\n".encode())
            partial.replace(note)
            sync_folder(models)
    except OSError as error:
        raise ModelNotWritten(f"{note} can't be written: {error}") from error


def chosen(models: Path) -> str | None:
    """Return the checksum in the file `chosen`; None if there is no such file, or no checksum."""
    try:
        sha256 = read_plain_file(models / CHOSEN_FILE, _CHOICE_BYTES).decode().strip()
    except (ModelError, OSError, UnicodeDecodeError):
        return None
    return sha256 if _SHA256.fullmatch(sha256) else None


@contextmanager
def _locked(models: Path) -> Iterator[None]:
    """Hold off other writers, so that two trainings that end together don't mix their files."""
    models.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(models, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_whole(folder: Path, card: ModelCard) -> bool:
    """Whether the folder holds this version, however the version was trained or measured.

    A file that can't be read just now is an error: the version may be whole, and must not be
    replaced.
    """
    try:
        found, _ = read_model(folder)
    except (ModelError, IsADirectoryError):
        return False
    return _identity_of(found) == _identity_of(card)


def _identity_of(card: ModelCard) -> tuple[str, dict[str, int]]:
    """The checksum, and the preprocessing versions, which the checksum does not cover."""
    versions = {kind: network.preprocessing_version for kind, network in card.networks.items()}
    return card.sha256, versions


def _remove_leftovers(models: Path) -> None:
    """Remove what a killed writer left behind; the caller holds the lock, so none is at work."""
    for path in models.glob(f".*{PARTIAL_SUFFIX}"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
