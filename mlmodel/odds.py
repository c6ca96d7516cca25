"""Probabilities as log-odds (logits), and back."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Logits are computed from probabilities at least this far from 0 and 1: beyond, they mean nothing.
LEAST_PROBABILITY = 1e-6


def logit(probability: ArrayLike) -> NDArray[np.float64]:
    """The log-odds of probabilities in 0..1, of the same shape; finite for 0 and 1, too."""
    bounded = np.clip(np.asarray(probability, np.float64), LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    return np.asarray(np.log(bounded / (1 - bounded)))


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probabilities, 0..1, of classes from their logits, along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
