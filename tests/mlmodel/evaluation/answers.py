"""Made-up answers, for tests of what is counted."""

import numpy as np

from mlmodel.evaluation.answers import Answer
from mlmodel.evaluation.labels import LabelledPicture
from mlmodel.reader import Digit, summarize


def make_answer(
    written: str, read: str, confidence: float = 0.99, source: str = "ada", refused: bool = False
) -> Answer:
    """One line was read in a picture, every digit with this confidence."""
    digits = tuple(
        Digit(int(value), confidence, (0, 0, 1, 1), 0, (), np.zeros((28, 28), np.uint8))
        for value in read
    )
    picture = LabelledPicture("picture.png", bytes, written, source)
    return Answer(picture, None if refused else summarize(digits), 5.0)
