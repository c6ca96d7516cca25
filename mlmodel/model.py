"""A loaded model: both networks, ready to read."""

from pathlib import Path
from typing import Self

from mlmodel.artifact.card import CardDamaged, ModelCard, ModelError, ReadingCard
from mlmodel.artifact.directory import Artifacts, read_model
from mlmodel.digits import normalize
from mlmodel.digits.classifier import Classifier
from mlmodel.lines import strips
from mlmodel.lines.line_reader import LineReader
from mlmodel.texts.fusion import PRESENCE_FEATURES
from mlmodel.texts.line_texts import CONFIDENCE_FEATURES, TEXT_FEATURES

SHIPPED_DIR = Path(__file__).parent / "shipped"


class PreprocessingMismatch(ModelError):
    """The model was trained with another version of the preprocessing than the one here."""


class Model:
    """A loaded model. One object serves all threads."""

    def __init__(self, card: ModelCard, artifacts: Artifacts) -> None:
        """Open both networks.

        Raises:
            PreprocessingMismatch, CardDamaged: see require_readable.
            ModelDamaged, NetworkShapeWrong: an artifact is no network, or a network of other
                shapes.
        """
        require_readable(card)
        self.card = card
        self.classifier = Classifier(artifacts.digits)
        self.line_reader = LineReader(artifacts.lines)

    @classmethod
    def load(cls, directory: Path = SHIPPED_DIR) -> Self:
        """Load the model in a folder, after checking it.

        Raises:
            ModelMissing, NotAPlainFile, CardFormatUnknown, OSError: see read_model.
            ModelDamaged, CardDamaged: see read_model and __init__.
            PreprocessingMismatch, NetworkShapeWrong: see __init__.
        """
        return cls(*read_model(directory))


def require_readable(card: ModelCard) -> None:
    """Make sure that this version can read with a model, without opening its networks.

    Raises:
        PreprocessingMismatch: the model was trained with another preprocessing version.
        CardDamaged: the card has factors for more or fewer features than there are.
    """
    _require_same_preprocessing(card)
    _require_known_factors(card.reading)


def _require_same_preprocessing(card: ModelCard) -> None:
    for network, version in (
        (card.digits, normalize.PREPROCESSING_VERSION),
        (card.lines, strips.PREPROCESSING_VERSION),
    ):
        if network.preprocessing_version != version:
            raise PreprocessingMismatch(
                f"{network.artifact_file} of model {card.name} was trained with preprocessing "
                f"{network.preprocessing_version}; this version uses {version}."
            )


def _require_known_factors(reading: ReadingCard) -> None:
    expected = (PRESENCE_FEATURES, TEXT_FEATURES, CONFIDENCE_FEATURES)
    found = (len(reading.presence), len(reading.texts), len(reading.confidence))
    if found != expected:
        raise CardDamaged(f"The card has {found} factors; this version knows {expected} features.")
