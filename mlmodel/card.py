"""The card that a trained model carries, and how a model is put where readers find it.

A model directory holds `card.json` and the artifact that it names, `digits-<sha>.tflite`.
The card is the pointer: whoever replaces it replaces the model, at one instant.
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self, get_origin

CARD_FILE = "card.json"
# Raised whenever a field of the card changes its meaning, so that older readers refuse it.
CARD_FORMAT_VERSION = 1
# Twelve hexadecimal digits tell artifacts apart; the card holds the whole checksum.
SHA_DIGITS_IN_NAME = 12
ARTIFACT_PATTERN = "digits-*.tflite"
# A card names a file of its own directory and never a path that leads out of it.
ARTIFACT_NAME = re.compile(rf"digits-[0-9a-f]{{{SHA_DIGITS_IN_NAME}}}\.tflite")
PARTIAL_SUFFIX = ".partial"


class ModelError(Exception):
    """The model cannot be used or written."""


class ModelMissing(ModelError):
    """There is no model in the directory."""


class ModelDamaged(ModelError):
    """The artifact is not the one that the card describes."""


class CardDamaged(ModelError):
    """The card is no JSON object with the fields and types of a card."""


class CardFormatUnknown(ModelError):
    """The card was written in a format that this version does not know."""


class ModelNotWritten(ModelError):
    """The model could not be written; the one before it is still in place."""


@dataclass(frozen=True)
class ModelCard:
    """What a model is, where it comes from, and how good it was when it was made."""

    format_version: int
    name: str
    artifact_file: str
    artifact_sha256: str
    artifact_bytes: int
    preprocessing_version: int
    trained_at: str  # ISO 8601, UTC
    seed: int
    recipe: dict[str, Any]  # every number of the TrainingConfig
    data_checksum: str
    versions: dict[str, str]  # of python, tensorflow, keras, numpy and the reader's LiteRT
    parameter_count: int
    epochs: int
    training_samples: int
    seconds: float
    validation_accuracy: float  # 0..1, of the last epoch
    test_accuracy: float  # 0..1, of the artifact itself, measured once
    confusion: list[list[int]]  # test digits, confusion[true][read]
    largest_difference: float  # of a probability, between LiteRT and Keras

    def to_json(self) -> str:
        """The card as indented JSON with a final newline."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a card and check every field.

        Raises:
            CardDamaged: no JSON object, a field is missing, or a value is not of its type.
            CardFormatUnknown: another format version.
        """
        content = _json_object(text)
        if content.get("format_version") != CARD_FORMAT_VERSION:
            raise CardFormatUnknown(
                f"The card has format {content.get('format_version')!r}; "
                f"this version reads format {CARD_FORMAT_VERSION}."
            )
        card = cls(
            **{field.name: _checked(content, field.name, field.type) for field in fields(cls)}
        )
        if not ARTIFACT_NAME.fullmatch(card.artifact_file):
            raise CardDamaged(f"The card names the artifact {card.artifact_file!r}.")
        return card


def artifact_name(sha256: str) -> str:
    """The file name of the artifact with this checksum."""
    return f"digits-{sha256[:SHA_DIGITS_IN_NAME]}.tflite"


def read_model(directory: Path) -> tuple[ModelCard, bytes]:
    """The card of the directory and the artifact that it names, checked against it.

    Safe beside a `publish` in another process: where the artifact was replaced between the
    two reads, the new card is read.

    Raises:
        ModelMissing: no card, or no artifact of that name.
        ModelDamaged: the SHA-256 of the artifact's bytes is not the card's.
        CardDamaged, CardFormatUnknown: see ModelCard.from_json.
    """
    card = read_card(directory)
    while True:
        try:
            artifact = (directory / card.artifact_file).read_bytes()
            break
        except FileNotFoundError as error:
            newer = read_card(directory)
            if newer == card:
                raise ModelMissing(f"{directory / card.artifact_file} is missing.") from error
            card = newer
    if hashlib.sha256(artifact).hexdigest() != card.artifact_sha256:
        raise ModelDamaged(f"{directory / card.artifact_file} is not what its card describes.")
    return card, artifact


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


def publish(card: ModelCard, artifact: bytes, directory: Path) -> None:
    """Make this the directory's model: the artifact first, the card last.

    Killed at any moment, it leaves the model before or the new one, whole. Artifacts of
    earlier models and leftovers of a killed `publish` are removed at the end.

    Raises:
        ValueError: the card describes another artifact.
        ModelNotWritten: the directory or a file cannot be written.
    """
    sha256 = hashlib.sha256(artifact).hexdigest()
    if (card.artifact_sha256, card.artifact_file) != (sha256, artifact_name(sha256)):
        raise ValueError("The card describes another artifact.")
    try:
        with _locked(directory):
            _write_durably(directory / card.artifact_file, artifact)
            _write_durably(directory / CARD_FILE, card.to_json().encode())
            _remove_all_but(card.artifact_file, directory)
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


def _remove_all_but(artifact_file: str, directory: Path) -> None:
    for path in [*directory.glob(ARTIFACT_PATTERN), *directory.glob(f".*{PARTIAL_SUFFIX}")]:
        if path.name != artifact_file:
            path.unlink()


def _json_object(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise CardDamaged(f"The card is no JSON: {error}.") from error
    if not isinstance(content, dict):
        raise CardDamaged("The card is no JSON object.")
    return content


def _checked(content: dict[str, Any], name: str, annotation: Any) -> Any:
    if name not in content:
        raise CardDamaged(f"The card lacks {name!r}.")
    value = content[name]
    expected = get_origin(annotation) or annotation
    accepted = (int, float) if expected is float else (expected,)
    if not isinstance(value, accepted) or isinstance(value, bool):
        raise CardDamaged(f"The card's {name!r} is {value!r}, not of type {expected.__name__}.")
    return value
