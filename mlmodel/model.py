"""A model, loaded: both networks, ready to read."""

from pathlib import Path
from typing import Self

from mlmodel import normalize, strips
from mlmodel.card import ModelCard, ModelError
from mlmodel.classifier import Classifier
from mlmodel.line_reader import LineReader
from mlmodel.model_directory import Artifacts, read_model

SHIPPED_DIR = Path(__file__).parent / "shipped"


class PreprocessingMismatch(ModelError):
    """The model was trained with another preprocessing than this version's."""


class Model:
    """A loaded model. One object serves all threads."""

    def __init__(self, card: ModelCard, artifacts: Artifacts) -> None:
        """Open both networks.

        Raises:
            PreprocessingMismatch: made for another preprocessing version.
            ModelDamaged, NetworkShapeWrong: an artifact is no network, or another one.
        """
        _require_same_preprocessing(card)
        self.card = card
        self.classifier = Classifier(artifacts.digits)
        self.line_reader = LineReader(artifacts.lines)

    @classmethod
    def load(cls, directory: Path = SHIPPED_DIR) -> Self:
        """Load and check the directory's model.

        Raises:
            ModelMissing, ModelDamaged, CardDamaged, CardFormatUnknown: see read_model.
            PreprocessingMismatch, NetworkShapeWrong: see __init__.
        """
        return cls(*read_model(directory))


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
