"""Probabilities as logarithms of odds, and back."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

# No network is ever surer than this; beyond it, a logit tells nothing.
LEAST_PROBABILITY = 1e-6


def logit(probability: ArrayLike) -> NDArray[np.float64]:
    """The logarithm of the odds of probabilities, 0..1; finite for certainties too."""
    bounded = np.clip(np.asarray(probability, np.float64), LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    return np.asarray(np.log(bounded / (1 - bounded)))


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probabilities of classes, along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
