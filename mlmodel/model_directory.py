"""A model's directory: how a model is put where readers find it, and found there.

It holds `card.json` and the two artifacts that it names. The card is the pointer: whoever
replaces it replaces the model, at one instant.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlmodel.card import CardDamaged, ModelCard, ModelError, NetworkCard, artifact_name

CARD_FILE = "card.json"
ARTIFACT_PATTERN = "*-*.tflite"
PARTIAL_SUFFIX = ".partial"


class ModelMissing(ModelError):
    """There is no model in the directory."""


class ModelDamaged(ModelError):
    """An artifact is not the one that the card describes."""


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
        CardDamaged, CardFormatUnknown: see ModelCard.from_json.
    """
    card = read_card(directory)
    while True:
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
    artifact = path.read_bytes()
    if hashlib.sha256(artifact).hexdigest() != network.artifact_sha256:
        raise ModelDamaged(f"{path} is not what its card describes.")
    return artifact


def read_card(directory: Path) -> ModelCard:
    """The card of the directory.

    Raises:
        ModelMissing: there is none.
        CardDamaged, CardFormatUnknown: see ModelCard.from_json.
    """
    try:
        return ModelCard.from_json((directory / CARD_FILE).read_bytes().decode())
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
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
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
