"""The confidences from which answers are accepted when false accepts are counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mlmodel.evaluation.answers import Answer
from mlmodel.evaluation.labels import MNIST_SET
from mlmodel.evaluation.measures import threshold_accepting

# Models are compared where each still accepts this share of the pictures of one and the same
# set: one that is sure of nothing would have no false accepts at a threshold of its own.
REFERENCE_SET = "single_digits"
REFERENCE_SHARE = 0.98


@dataclass(frozen=True)
class Thresholds:
    """Confidences of texts, 0..1.

    Attributes:
        working: the card's, from which a text is accepted without asking a person.
        reference: the highest that still accepts REFERENCE_SHARE of the reference set.
        reference_set: the name of that set.
    """

    working: float
    reference: float
    reference_set: str


def thresholds_of(answers: Mapping[str, Sequence[Answer]], working: float) -> Thresholds:
    """The thresholds of a run over these sets, of which MNIST is one."""
    name = REFERENCE_SET if REFERENCE_SET in answers else MNIST_SET
    confidences = np.array([answer.confidence for answer in answers[name]])
    return Thresholds(working, threshold_accepting(confidences, REFERENCE_SHARE), name)
