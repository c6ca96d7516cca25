"""The card that a trained model carries.

A model is two networks, one that reads lines and one that looks at each digit again, and the
numbers by which the answers of both become one reading.
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

# Raised whenever a field of the card changes its meaning, so that older readers refuse it.
CARD_FORMAT_VERSION = 5
# Twelve hexadecimal digits tell artifacts apart; the card holds the whole checksum.
SHA_DIGITS_IN_NAME = 12
# A card names a file of its own directory and never a path that leads out of it.
ARTIFACT_NAME = re.compile(rf"(digits|lines)-[0-9a-f]{{{SHA_DIGITS_IN_NAME}}}\.tflite")

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
PerDigit = Meta(min_length=10, max_length=10)


class ModelError(Exception):
    """The model cannot be used or written."""


class CardDamaged(ModelError):
    """The card is no JSON object with the fields and types of a card."""


class CardFormatUnknown(ModelError):
    """The card was written in a format that this version does not know."""


@dataclass(frozen=True)
class NetworkCard:
    """What one network is, and where it comes from."""

    artifact_file: str
    artifact_sha256: Sha256
    artifact_bytes: Count
    preprocessing_version: int
    trained_at: str  # ISO 8601, UTC
    seed: int
    recipe: dict[str, Any]  # every number of its configuration
    versions: dict[str, str]  # of python, tensorflow, keras, numpy and the reader's LiteRT
    parameter_count: Count
    epochs: Count
    training_samples: Count
    seconds: float  # of all the processes that it took
    validation_accuracy: Share  # of the last epoch: of frames, or of whole strips
    export_difference: float  # of LiteRT's answers from Keras's, against their size


@dataclass(frozen=True)
class ReadingCard:
    """How the answers of both networks become one, fitted on pictures that neither has seen.

    Shares are of `pictures` synthetic pictures whose digits of MNIST are held out.
    """

    digits_weight: float  # of the second network's log probabilities of a value
    presence: list[float]  # factors of fusion.presence_features in the presence's logit
    value_temperature: float  # divides the sum of both networks' log probabilities
    texts: list[float]  # factors of texts.text_features in the logarithm of a line's text
    confidence: list[float]  # factors of texts.confidence_features in the logit of being right
    sure_from: Share  # from this confidence a text is taken without a person
    pictures: Count
    exact: Share  # of texts
    read_rate: Share  # of the texts with digits that are read from sure_from on
    error_rate: Share  # wrong among those
    false_accepts: Share  # of the pictures without digits that are read from sure_from on
    calibration_error: Share  # expected, of texts


@dataclass(frozen=True)
class ModelCard:
    """What a model is, where it comes from, and how good it was when it was made."""

    format_version: int
    name: str
    sha256: Sha256  # of all that decides a reading: see model_checksum
    data_checksum: str
    test_accuracy: Share  # of the digits' artifact on the MNIST test set, measured once
    confusion: Annotated[list[Annotated[list[Count], PerDigit]], PerDigit]  # [true][read]
    digits: NetworkCard
    lines: NetworkCard
    reading: ReadingCard

    def to_json(self) -> str:
        """The card as indented JSON with a final newline."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "ModelCard":
        """Read a card and check every field, to the last element of its lists.

        Raises:
            CardDamaged: no JSON object, a field is missing, or a value is not of its type or
                outside its range.
            CardFormatUnknown: another format version.
        """
        found = _decoded(text, _Format).format_version
        if found != CARD_FORMAT_VERSION:
            raise CardFormatUnknown(
                f"The card has format {found!r}; this version reads format {CARD_FORMAT_VERSION}. "
                "Train the model anew, or use the one that comes with this version."
            )
        card = _decoded(text, cls)
        for network in (card.digits, card.lines):
            if not ARTIFACT_NAME.fullmatch(network.artifact_file):
                raise CardDamaged(f"The card names the artifact {network.artifact_file!r}.")
        return card


@dataclass(frozen=True)
class _Format:
    """What is read first: other fields may have another meaning in another format."""

    format_version: Any = None


def network_card_from_json(text: str) -> NetworkCard:
    """Read the card of one network and check every field.

    Raises:
        CardDamaged: no JSON object, a field is missing, or a value is not of its type or outside
            its range.
    """
    return _decoded(text, NetworkCard)


def artifact_name(kind: str, sha256: str) -> str:
    """The file name of the artifact with this checksum; kind is "digits" or "lines"."""
    return f"{kind}-{sha256[:SHA_DIGITS_IN_NAME]}.tflite"


def model_checksum(digits: NetworkCard, lines: NetworkCard, reading: ReadingCard) -> str:
    """SHA-256 of all that decides a reading: both artifacts and the numbers that join them."""
    deciding = [digits.artifact_sha256, lines.artifact_sha256, asdict(reading)]
    return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()


_Card = TypeVar("_Card")


def _decoded(text: str, wanted: type[_Card]) -> _Card:
    try:
        return msgspec.json.decode(text, type=wanted)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise CardDamaged(f"The card is damaged: {error}.") from error
