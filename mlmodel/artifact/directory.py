"""A model's directory: how a model is put where readers find it, and found there.

It holds `card.json` and the two artifacts that it names. The card is the pointer: whoever
replaces it replaces the model, at one instant.
"""

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
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
    """The model could not be written; the one before it is still in place."""


@dataclass(frozen=True)
class Artifacts:
    """The networks of a model, as LiteRT files."""

    digits: bytes
    lines: bytes


def read_model(directory: Path) -> tuple[ModelCard, Artifacts]:
    """The card of the directory and the artifacts that it names, checked against it.

    Safe beside a `publish` in another process: where an artifact was replaced between the
    reads, the new card is read.

    Raises:
        ModelMissing: no card, or no artifact of that name.
        ModelDamaged: the SHA-256 of an artifact's bytes is not the card's.
        NotAPlainFile: a file of it is a link, or no file.
        CardDamaged: a number that decides a reading was changed; and see ModelCard.from_json.
        CardFormatUnknown: see ModelCard.from_json.
    """
    card = read_card(directory)
    while True:
        if card.sha256 != model_checksum(card.digits, card.lines, card.reading):
            raise CardDamaged(f"{directory / CARD_FILE} was changed after it was written.")
        try:
            artifacts = Artifacts(
                digits=_read_artifact(directory, card.digits),
                lines=_read_artifact(directory, card.lines),
            )
            break
        except FileNotFoundError as error:
            newer = read_card(directory)
            if newer == card:
                raise ModelMissing(f"{error.filename} is missing.") from error
            card = newer
    return card, artifacts


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


def publish(card: ModelCard, artifacts: Artifacts, directory: Path) -> None:
    """Make this the directory's model: the artifacts first, the card last.

    Killed at any moment, it leaves the model before or the new one, whole. Artifacts of
    earlier models and leftovers of a killed `publish` are removed at the end.

    Raises:
        ValueError: the card describes another artifact.
        ModelNotWritten: the directory or a file cannot be written.
    """
    parts = {"digits": (card.digits, artifacts.digits), "lines": (card.lines, artifacts.lines)}
    for kind, (network, artifact) in parts.items():
        sha256 = hashlib.sha256(artifact).hexdigest()
        if (network.artifact_sha256, network.artifact_file) != (
            sha256,
            artifact_name(kind, sha256),
        ):
            raise ValueError("The card describes another artifact.")
    try:
        with _locked(directory):
            for network, artifact in parts.values():
                _write_durably(directory / network.artifact_file, artifact)
            _write_durably(directory / CARD_FILE, card.to_json().encode())
            _remove_all_but({network.artifact_file for network, _ in parts.values()}, directory)
    except OSError as error:
        raise ModelNotWritten(f"The model cannot be written to {directory}: {error}") from error


def prepare_directory(directory: Path) -> None:
    """Create the directory where it is missing and see that a model can be written there.

    Raises:
        ModelNotWritten: it cannot.
    """
    probe = directory / f".probe{PARTIAL_SUFFIX}"
    try:
        with _locked(directory):
            probe.write_bytes(b"")
            probe.unlink()
    except OSError as error:
        raise ModelNotWritten(f"No model can be written to {directory}: {error}") from error


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """One writer at a time: two trainings that end together must not mix their files."""
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_durably(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}{PARTIAL_SUFFIX}")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        # On a full disk, what is left of it is only in the way.
        partial.unlink(missing_ok=True)
        raise
    # The new name itself is on disk only once its directory is.
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_all_but(kept: set[str], directory: Path) -> None:
    for path in [*directory.glob(ARTIFACT_PATTERN), *directory.glob(f".*{PARTIAL_SUFFIX}")]:
        if path.name not in kept:
            path.unlink()
