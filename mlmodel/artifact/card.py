"""The card that a trained model carries.

A model is two networks, one that reads lines and one that classifies each digit again, and the
numbers that join the answers of both into one reading. Most models have a second reader beside
them, a third network, and the numbers that join its answers as well.
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

# Raised whenever a field of the card changes its meaning, so that older readers refuse it.
CARD_FORMAT_VERSION = 6
# A card of format 5 is one of format 6 without a second reader.
_KNOWN_FORMATS = (5, CARD_FORMAT_VERSION)
# Twelve hexadecimal digits are enough to tell artifacts apart; the card has the whole checksum.
SHA_DIGITS_IN_NAME = 12
# A card names a file of its own folder, never a path that leads out of it.
ARTIFACT_NAME = re.compile(rf"(digits|lines|second)-[0-9a-f]{{{SHA_DIGITS_IN_NAME}}}\.tflite")

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
PerDigit = Meta(min_length=10, max_length=10)


class ModelError(Exception):
    """A model can't be used or written."""


class CardDamaged(ModelError):
    """The card is not a JSON object with the fields, types and ranges of a card."""


class CardFormatUnknown(ModelError):
    """The card was written in a format that this version does not know."""


@dataclass(frozen=True)
class Source:
    """A file of people's handwriting that a network learned from."""

    title: str
    licence: str
    address: str
    file: str
    sha256: Sha256


@dataclass(frozen=True)
class NetworkCard:
    """What one network is and how it was trained."""

    artifact_file: str
    artifact_sha256: Sha256
    artifact_bytes: Count
    preprocessing_version: int
    trained_at: str  # ISO 8601, UTC
    seed: int
    recipe: dict[str, Any]  # every number of its training configuration
    versions: dict[str, str]  # of python, tensorflow, keras, numpy and the reader's LiteRT
    parameter_count: Count
    epochs: Count
    training_samples: Count
    seconds: float  # of training, summed over the processes that worked on it
    validation_accuracy: Share  # of the last epoch, by frames or by whole strips
    export_difference: float  # of LiteRT's answers from Keras's, relative to their size
    learned_from: list[Source] = field(default_factory=list)  # beside MNIST and the fonts


@dataclass(frozen=True)
class ReadingCard:
    """The numbers that join the networks' answers, fitted on pictures that none of them has seen.

    Shares were measured on `pictures` others.
    """

    digits_weight: float  # of the classifier's log-probabilities of a value
    presence: list[float]  # factors of fusion.presence_features in the presence's logit
    value_temperature: float  # divides the sum of both networks' log-probabilities
    texts: list[float]  # factors of line_texts.text_features in the logit of a text
    confidence: list[float]  # factors of line_texts.confidence_features in its logit
    sure_from: Share  # from this confidence on, no person has to look at a text
    pictures: Count
    exact: Share  # of all texts, those that were read exactly
    read_rate: Share  # of the texts with digits, those with a confidence of at least sure_from
    error_rate: Share  # of those, the wrong ones
    false_accepts: Share  # of the pictures without digits, those at or above sure_from
    calibration_error: Share  # the expected one, of the texts' confidences


@dataclass(frozen=True)
class KindCard:
    """How texts of one kind of picture are read, at the threshold in use; none was trained on."""

    pictures: Count
    exact: Share
    read_rate: Share
    error_rate: Share


@dataclass(frozen=True)
class ModelCard:
    """What a model is, where it comes from, and how good it was when it was trained."""

    format_version: int
    name: str
    sha256: Sha256  # of what decides a reading: see model_checksum
    data_checksum: str
    test_accuracy: Share  # of the classifier's artifact on the MNIST test set, measured once
    confusion: Annotated[list[Annotated[list[Count], PerDigit]], PerDigit]  # [true][read]
    digits: NetworkCard
    lines: NetworkCard
    reading: ReadingCard  # without the second reader
    second: NetworkCard | None = None
    both: ReadingCard | None = None  # with the second reader's answers
    # The second reader is asked where the confidence without it is below this.
    asked_below: Share = 1.0
    kinds: dict[str, KindCard] = field(default_factory=dict)  # by known.Shown

    @property
    def networks(self) -> dict[str, NetworkCard]:
        """The cards of all networks, by the kind that their artifacts' names begin with."""
        own = {"digits": self.digits, "lines": self.lines}
        return own | ({"second": self.second} if self.second else {})

    @property
    def in_use(self) -> ReadingCard:
        """The numbers by which texts are trusted: with the second reader, if there is one."""
        return self.both or self.reading

    @property
    def deciding_checksum(self) -> str:
        """What `sha256` has to be: the checksum of all that decides a reading."""
        return model_checksum(
            self.digits, self.lines, self.reading, self.second, self.both, self.asked_below
        )

    def to_json(self) -> str:
        """Return the card as indented JSON with a final newline."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "ModelCard":
        """Read a card and check every field, to the last element of its lists.

        Raises:
            CardDamaged: it is no JSON object, a field is missing, or a value has another type or
                is outside its range.
            CardFormatUnknown: it has another format version.
        """
        found = _decoded(text, _Format).format_version
        if found not in _KNOWN_FORMATS:
            raise CardFormatUnknown(
                f"The card has format {found!r}; this version reads format {CARD_FORMAT_VERSION}. "
                "Train the model anew, or use the one that comes with this version."
            )
        card = _decoded(text, cls)
        for network in card.networks.values():
            if not ARTIFACT_NAME.fullmatch(network.artifact_file):
                raise CardDamaged(f"The card names the artifact {network.artifact_file!r}.")
        if (card.second is None) != (card.both is None):
            raise CardDamaged("The card has a second reader without its numbers, or these alone.")
        return card


@dataclass(frozen=True)
class _Format:
    """The field that is read first: in another format the others may mean something else."""

    format_version: Any = None


def network_card_from_json(text: str) -> NetworkCard:
    """Read the card of one network and check every field.

    Raises:
        CardDamaged: it is no JSON object, a field is missing, or a value has another type or is
            outside its range.
    """
    return _decoded(text, NetworkCard)


def artifact_name(kind: str, sha256: str) -> str:
    """Return the file name of the artifact with this checksum; see ModelCard.networks for kind."""
    return f"{kind}-{sha256[:SHA_DIGITS_IN_NAME]}.tflite"


def model_checksum(
    digits: NetworkCard,
    lines: NetworkCard,
    reading: ReadingCard,
    second: NetworkCard | None = None,
    both: ReadingCard | None = None,
    asked_below: float = 1.0,
) -> str:
    """Return the SHA-256 of what decides a reading: all artifacts and the numbers to join them."""
    deciding: list[Any] = [digits.artifact_sha256, lines.artifact_sha256, asdict(reading)]
    if second and both:
        deciding += [second.artifact_sha256, asdict(both), asked_below]
    return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()


_Card = TypeVar("_Card")


def _decoded(text: str, wanted: type[_Card]) -> _Card:
    try:
        return msgspec.json.decode(text, type=wanted)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise CardDamaged(f"The card is damaged: {error}.") from error
