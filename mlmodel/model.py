"""A loaded model: its networks, ready to read."""

import logging
from pathlib import Path
from typing import Self

from mlmodel.artifact.card import CardDamaged, ModelCard, ModelError, ReadingCard
from mlmodel.artifact.directory import Artifacts, read_model
from mlmodel.digits import normalize
from mlmodel.digits.classifier import Classifier
from mlmodel.lines import strips
from mlmodel.lines.line_reader import LineReader
from mlmodel.second import look
from mlmodel.second.second_reader import SecondReader
from mlmodel.texts.fusion import PRESENCE_FEATURES
from mlmodel.texts.line_texts import (
    CONFIDENCE_FEATURES,
    CONFIDENCE_FEATURES_OF_BOTH,
    TEXT_FEATURES,
    TEXT_FEATURES_OF_BOTH,
)

logger = logging.getLogger(__name__)

SHIPPED_DIR = Path(__file__).parent / "shipped"


class PreprocessingMismatch(ModelError):
    """The model was trained with another version of the preprocessing than the one here."""


class Model:
    """A loaded model. One object serves all threads."""

    def __init__(self, card: ModelCard, artifacts: Artifacts) -> None:
        """Open the networks.

        The second reader is left out, with a line in the log, where its network can't be opened.

        Raises:
            PreprocessingMismatch, CardDamaged: see require_readable.
            ModelDamaged, NetworkShapeWrong: an artifact is no network, or a network of other
                shapes.
        """
        require_readable(card)
        self.card = card
        self.classifier = Classifier(artifacts.digits)
        self.line_reader = LineReader(artifacts.lines)
        self.second_reader = _second_reader(card, artifacts)

    @classmethod
    def load(cls, directory: Path = SHIPPED_DIR) -> Self:
        """Load the model in a folder, after checking it.

        Raises:
            ModelMissing, NotAPlainFile, CardFormatUnknown, OSError: see read_model.
            ModelDamaged, CardDamaged: see read_model and __init__.
            PreprocessingMismatch, NetworkShapeWrong: see __init__.
        """
        return cls(*read_model(directory, without_second=True))


def _second_reader(card: ModelCard, artifacts: Artifacts) -> SecondReader | None:
    if card.second is None or artifacts.second is None:
        return None
    try:
        return SecondReader(artifacts.second)
    except ModelError as error:
        logger.error("model %s reads without its second reader: %s", card.name, error)  # noqa: TRY400
        return None


def require_readable(card: ModelCard) -> None:
    """Make sure that this version can read with a model, without opening its networks.

    Raises:
        PreprocessingMismatch: the model was trained with another preprocessing version.
        CardDamaged: the card has factors for more or fewer features than there are.
    """
    _require_same_preprocessing(card)
    _require_known_factors(card.reading, TEXT_FEATURES, CONFIDENCE_FEATURES)
    if card.both:
        _require_known_factors(card.both, TEXT_FEATURES_OF_BOTH, CONFIDENCE_FEATURES_OF_BOTH)


def _require_same_preprocessing(card: ModelCard) -> None:
    versions = {
        "digits": normalize.PREPROCESSING_VERSION,
        "lines": strips.PREPROCESSING_VERSION,
        "second": look.PREPROCESSING_VERSION,
    }
    for kind, network in card.networks.items():
        version = versions[kind]
        if network.preprocessing_version != version:
            raise PreprocessingMismatch(
                f"{network.artifact_file} of model {card.name} was trained with preprocessing "
                f"{network.preprocessing_version}; this version uses {version}."
            )


def _require_known_factors(reading: ReadingCard, texts: int, confidence: int) -> None:
    expected = (PRESENCE_FEATURES, texts, confidence)
    found = (len(reading.presence), len(reading.texts), len(reading.confidence))
    if found != expected:
        raise CardDamaged(f"The card has {found} factors; this version knows {expected} features.")
