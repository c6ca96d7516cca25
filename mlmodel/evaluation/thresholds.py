"""The confidences from which answers are accepted when false accepts are counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mlmodel.evaluation.answers import Answer
from mlmodel.evaluation.labels import MNIST_SET
from mlmodel.evaluation.measures import threshold_accepting

# Models are compared at the threshold at which each still accepts this share of the pictures of
# this set: at a threshold of its own, a model without any confidence would have no false accepts.
REFERENCE_SET = "single_digits"
REFERENCE_SHARE = 0.98


@dataclass(frozen=True)
class Thresholds:
    """Confidences of texts, 0..1.

    Attributes:
        working: the card's threshold, from which a text is accepted without asking a person.
        reference: the highest threshold that still accepts REFERENCE_SHARE of the reference set.
        reference_set: the name of that set.
    """

    working: float
    reference: float
    reference_set: str


def thresholds_of(answers: Mapping[str, Sequence[Answer]], working: float) -> Thresholds:
    """The thresholds for the answers by set, of which MNIST is one.

    Args:
        working: the card's threshold, 0..1.
    """
    name = REFERENCE_SET if REFERENCE_SET in answers else MNIST_SET
    confidences = np.array([answer.confidence for answer in answers[name]])
    return Thresholds(working, threshold_accepting(confidences, REFERENCE_SHARE), name)
