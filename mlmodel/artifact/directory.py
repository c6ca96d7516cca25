"""A model's folder: how a model is written, once and whole, and read.

It holds `card.json` and the two artifacts that the card names. Nothing in it changes afterwards:
another model is another folder (see mlmodel.artifact.versions).
"""

import errno
import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from mlmodel.artifact.card import (
    CardDamaged,
    ModelCard,
    ModelError,
    NetworkCard,
    artifact_name,
    model_checksum,
)

CARD_FILE = "card.json"
ARTIFACT_PATTERN = "*-*.tflite"
PARTIAL_SUFFIX = ".partial"
# A card takes 6 kB.
MAX_CARD_BYTES = 1_000_000


class ModelMissing(ModelError):
    """There is no model in the directory."""


class ModelDamaged(ModelError):
    """An artifact is not the one that the card describes."""


class NotAPlainFile(ModelError):
    """A link, a folder, a device or a pipe stands where a file of the model must be."""


class ModelNotWritten(ModelError):
    """The model could not be written; every other one is as it was."""


@dataclass(frozen=True)
class Artifacts:
    """The networks of a model, as LiteRT files."""

    digits: bytes
    lines: bytes


def read_model(directory: Path) -> tuple[ModelCard, Artifacts]:
    """Read the card of a folder and the artifacts that it names, checked against it.

    Raises:
        ModelMissing: no card, or no artifact of that name.
        ModelDamaged: the SHA-256 of an artifact's bytes is not the card's.
        NotAPlainFile: a file of it is a link, or no file.
        CardDamaged: a number that decides a reading was changed; and see ModelCard.from_json.
        CardFormatUnknown: see ModelCard.from_json.
    """
    card = read_card(directory)
    if card.sha256 != model_checksum(card.digits, card.lines, card.reading):
        raise CardDamaged(f"{directory / CARD_FILE} was changed after it was written.")
    try:
        return card, Artifacts(
            digits=_read_artifact(directory, card.digits),
            lines=_read_artifact(directory, card.lines),
        )
    except FileNotFoundError as error:
        raise ModelMissing(f"{error.filename} is missing.") from error


def _read_artifact(directory: Path, network: NetworkCard) -> bytes:
    path = directory / network.artifact_file
    artifact = _read_plain_file(path, network.artifact_bytes)
    if hashlib.sha256(artifact).hexdigest() != network.artifact_sha256:
        raise ModelDamaged(f"{path} is not what its card describes.")
    return artifact


def _read_plain_file(path: Path, most_bytes: int) -> bytes:
    """What the file holds, and no more than a byte beyond what it may; never of a link."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise NotAPlainFile(f"{path} is a link.") from error
    with open(descriptor, "rb") as file:  # noqa: PTH123 - of a descriptor
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotAPlainFile(f"{path} is not a file.")
        return file.read(most_bytes + 1)


def read_card(directory: Path) -> ModelCard:
    """The card of the directory.

    Raises:
        ModelMissing: there is none.
        NotAPlainFile: it is a link, or no file.
        CardDamaged, CardFormatUnknown: see ModelCard.from_json.
    """
    try:
        content = _read_plain_file(directory / CARD_FILE, MAX_CARD_BYTES)
        return ModelCard.from_json(content.decode())
    except FileNotFoundError as error:
        raise ModelMissing(f"There is no model in {directory}.") from error
    except UnicodeDecodeError as error:
        raise CardDamaged(f"{directory / CARD_FILE} is no text.") from error


def write_model(card: ModelCard, artifacts: Artifacts, directory: Path) -> None:
    """Write a model as a new folder. Killed at any moment, it leaves the whole folder or none.

    What stands there already is replaced, so nobody may read it: a damaged model.

    Raises:
        ValueError: the card describes another artifact.
        OSError: the folder or a file can't be written.
    """
    parts = {"digits": (card.digits, artifacts.digits), "lines": (card.lines, artifacts.lines)}
    for kind, (network, artifact) in parts.items():
        sha256 = hashlib.sha256(artifact).hexdigest()
        if (network.artifact_sha256, network.artifact_file) != (
            sha256,
            artifact_name(kind, sha256),
        ):
            raise ValueError("The card describes another artifact.")
    files = {network.artifact_file: artifact for network, artifact in parts.values()}
    partial = directory.with_name(f".{directory.name}{PARTIAL_SUFFIX}")
    try:
        partial.mkdir()
        for name, content in (files | {CARD_FILE: card.to_json().encode()}).items():
            _write_durably(partial / name, content)
        sync_folder(partial)
        if directory.exists():
            shutil.rmtree(directory)
        partial.rename(directory)
    except OSError:
        # On a full disk, what is left of it is only in the way.
        shutil.rmtree(partial, ignore_errors=True)
        raise
    # The new name itself is on disk only once the folder that holds it is.
    sync_folder(directory.parent)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
