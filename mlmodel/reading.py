"""What one model reads in one picture."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mlmodel.picture.boxes import Box
from mlmodel.texts.line_texts import LineTexts, best_text, likely_texts
from mlmodel.texts.under_rule import UnderRule

# A person should look at a digit whose confidence is below this.
DOUBTFUL_BELOW = 0.9


class State(StrEnum):
    """The outcome of a reading; the last two are refusals."""

    READ = "read"
    DOUBTFUL = "doubtful"
    NOT_DIGITS = "not_digits"  # something is written or drawn, but no digit
    NOTHING = "nothing"  # nothing is written


@dataclass(frozen=True)
class Digit:
    """One digit that was read.

    Attributes:
        value: 0 to 9.
        confidence: the probability, 0..1, that there is a digit and that it has this value.
        box: x, y, width, height in pixels of the given picture, and inside it.
        line: the number of its line, from 0 at the top.
        alternatives: the three next likely values with their probabilities, the likeliest first.
        frame: (28, 28) uint8, the classifier's input; 255 is full ink.
    """

    value: int
    confidence: float
    box: Box
    line: int
    alternatives: tuple[tuple[int, float], ...]
    frame: NDArray[np.uint8]


@dataclass(frozen=True)
class Reading:
    """One model's reading of one picture.

    Attributes:
        state: read, doubtful, or refused.
        digits: in reading order, line by line.
        text: the digits, lines separated by "|"; empty in a refusal.
        confidence: the probability, 0..1, that the whole text is right: that every digit is
            right and the picture holds no other; None in a refusal.
        lines: the possible texts of each line in which a digit may stand, from the top.
        written: the text with the signs between, before and after its digits; equal to the text
            where no sign was read; empty in a refusal.
        written_confidence: the probability, 0..1, that the signs are right if the digits are; None
            where nobody looked for signs, and in a refusal.
        letters: whether letters were seen where no digit was read; only with NOT_DIGITS.
        printed: whether the picture shows a page of print; only with NOT_DIGITS.
        passed_over: boxes, as those of digits, of what may be writing and is no part of the text.
            A text with such a box is never READ: it may be cut short.
        under_rule: the value by the field's rule; None where no rule was given.
    """

    state: State
    digits: tuple[Digit, ...]
    text: str
    confidence: float | None
    lines: tuple[LineTexts, ...]
    written: str = ""
    written_confidence: float | None = None
    letters: bool = False
    printed: bool = False
    passed_over: tuple[Box, ...] = ()
    under_rule: UnderRule | None = None

    def likely_texts(self, most: int = 5) -> list[tuple[str, float]]:
        """Return the likeliest texts, lines separated by "|", and their probabilities, 0..1.

        The text that was read comes first, the others follow by probability. An empty text means
        that there is nothing to read.

        Args:
            most: the largest number of texts to return, 1 or more.
        """
        texts = likely_texts(self.lines, most)
        if self.confidence is None:
            return texts
        # The other texts share what the confidence leaves, but none gets more than its lines give
        # it: where these overrate their best text, the right one is mostly not among theirs.
        left = (1 - self.confidence) / max(1 - best_text(self.lines)[1], 1e-9)
        others = [
            (text, min(probability * min(left, 1.0), self.confidence))
            for text, probability in texts
            if text != self.text
        ]
        return [(self.text, self.confidence), *others][:most]
