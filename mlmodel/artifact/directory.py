"""The folder of one model: writing it once and whole, and reading it.

The folder holds `card.json` and the artifacts that the card names. Its files never change:
another model has another folder (see mlmodel.artifact.versions).
"""

import errno
import hashlib
import logging
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
)
from mlmodel.durable import sync_folder, write_durably

logger = logging.getLogger(__name__)

CARD_FILE = "card.json"
ARTIFACT_PATTERN = "*-*.tflite"
PARTIAL_SUFFIX = ".partial"
# A card takes 6 kB.
MAX_CARD_BYTES = 1_000_000


class ModelMissing(ModelError):
    """The folder holds no model, or a file of it is missing."""


class ModelDamaged(ModelError):
    """The bytes of an artifact are not the ones that the card describes."""


class NotAPlainFile(ModelError):
    """A link, a device or a pipe is in the place of a file of the model."""


class ModelNotWritten(ModelError):
    """The model could not be written; every other model is unchanged."""


@dataclass(frozen=True)
class Artifacts:
    """The networks of a model, each as the bytes of a LiteRT file."""

    digits: bytes
    lines: bytes
    second: bytes | None = None

    @property
    def by_kind(self) -> dict[str, bytes]:
        """Those that are there, by the names of ModelCard.networks."""
        own = {"digits": self.digits, "lines": self.lines}
        return own | ({"second": self.second} if self.second is not None else {})


def read_model(directory: Path, *, without_second: bool = False) -> tuple[ModelCard, Artifacts]:
    """Read the card of a folder and the artifacts that it names, and check them against the card.

    Args:
        without_second: the second reader's artifact is left out, with a line in the log, where it
            is missing or damaged: the other networks read without it.

    Raises:
        ModelMissing: there is no card, or an artifact that it names is missing.
        ModelDamaged: the SHA-256 of an artifact's bytes is not the card's.
        NotAPlainFile: see read_plain_file.
        CardDamaged: a number that decides a reading was changed; see also ModelCard.from_json.
        CardFormatUnknown: see ModelCard.from_json.
        OSError: a file can't be read.
    """
    card = read_card(directory)
    if card.sha256 != card.deciding_checksum:
        raise CardDamaged(f"{directory / CARD_FILE} was changed after it was written.")
    found = {}
    for kind, network in card.networks.items():
        try:
            found[kind] = _read_artifact(directory, network)
        except (ModelError, OSError) as error:
            if kind != "second" or not without_second:
                raise
            logger.error("reading without the second reader: %s", error)  # noqa: TRY400 - one line
    return card, Artifacts(**found)


def _read_artifact(directory: Path, network: NetworkCard) -> bytes:
    path = directory / network.artifact_file
    try:
        artifact = read_plain_file(path, network.artifact_bytes)
    except FileNotFoundError as error:
        raise ModelMissing(f"{error.filename} is missing.") from error
    if _sha256(artifact) != network.artifact_sha256:
        raise ModelDamaged(f"{path} is not what its card describes.")
    return artifact


def _sha256(artifact: bytes) -> str:
    return hashlib.sha256(artifact).hexdigest()


def read_plain_file(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a file, never through a link and never waiting for a pipe.

    Args:
        most_bytes: how many it may hold. One more byte is read of a longer file, which shows that
            it is longer.

    Raises:
        NotAPlainFile: a link, a device or a pipe.
        OSError: a folder, or a file that is missing or can't be read.
    """
    try:
        # The opener's descriptor is closed by open() where it refuses a folder.
        with open(path, "rb", opener=_without_following) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise NotAPlainFile(f"{path} is not a file.")
            # A damaged card may allow any size: memory is asked for what the file has.
            return file.read(min(most_bytes, found.st_size) + 1)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise NotAPlainFile(f"{path} is a link.") from error


def _without_following(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def read_card(directory: Path) -> ModelCard:
    """Read the card of a folder, without looking at its artifacts.

    Raises:
        ModelMissing: there is no card.
        NotAPlainFile: see read_plain_file.
        CardDamaged, CardFormatUnknown: see ModelCard.from_json.
        OSError: it can't be read.
    """
    try:
        content = read_plain_file(directory / CARD_FILE, MAX_CARD_BYTES)
        return ModelCard.from_json(content.decode())
    except FileNotFoundError as error:
        raise ModelMissing(f"There is no model in {directory}.") from error
    except UnicodeDecodeError as error:
        raise CardDamaged(f"{directory / CARD_FILE} is no text.") from error


def write_model(card: ModelCard, artifacts: Artifacts, directory: Path) -> None:
    """Write a model as a new folder; a kill at any moment leaves the whole folder or none.

    A folder that is there already is replaced, so it must be a damaged one: between two steps,
    there is neither.

    Raises:
        ValueError: the card describes another artifact.
        CardDamaged, CardFormatUnknown: the card could not be read back; nothing is written.
        OSError: the folder or a file can't be written.
    """
    content_of_card = card.to_json()
    ModelCard.from_json(content_of_card)
    files = {artifact_name(kind, _sha256(part)): part for kind, part in artifacts.by_kind.items()}
    described = {
        network.artifact_file: network.artifact_sha256 for network in card.networks.values()
    }
    if described != {name: _sha256(part) for name, part in files.items()}:
        raise ValueError("The card describes another artifact.")
    partial = directory.with_name(f".{directory.name}{PARTIAL_SUFFIX}")
    damaged = directory.with_name(f".{directory.name}.damaged{PARTIAL_SUFFIX}")
    try:
        partial.mkdir()
        for name, content in (files | {CARD_FILE: content_of_card.encode()}).items():
            write_durably(partial / name, content)
        sync_folder(partial)
        if directory.exists():
            # Renamed, because a kill during its removal would leave half a folder.
            shutil.rmtree(damaged, ignore_errors=True)
            directory.rename(damaged)
        partial.rename(directory)
    except OSError:
        # What was written so far would only take room on a full disk.
        shutil.rmtree(partial, ignore_errors=True)
        raise
    # The new name is on the disk only after the folder that holds it is.
    sync_folder(directory.parent)
    shutil.rmtree(damaged, ignore_errors=True)
