"""Columns of the second reader for tests, as if it had read a text."""

import numpy as np
from numpy.typing import NDArray

from mlmodel.second.alphabet import CHARACTERS, CLASSES, NONE
from mlmodel.second.second_reader import SecondLine


def columns(text: str, confidence: float = 0.97, apart: int = 2) -> NDArray[np.float64]:
    """(columns, 22): each character once, with columns of none before, between and after."""
    said = np.full(apart * (len(text) + 1), NONE)
    said[apart::apart][: len(text)] = [CHARACTERS.index(character) for character in text]
    shares = np.full((len(said), CLASSES), (1 - confidence) / (CLASSES - 1))
    shares[range(len(said)), said] = confidence
    return shares


def line(shares: NDArray[np.float64]) -> SecondLine:
    """A line whose pixels are those of the working picture."""
    return SecondLine(np.array([(1.0, 0, 0), (0, 1.0, 0)]), 20.0, shares)
