"""A text as it is written: its digits with the points, commas and other signs beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from mlmodel.lines.ctc import sequence_logs
from mlmodel.second.alphabet import CHARACTERS, DIGITS, NONE, SIGNS, digits_of
from mlmodel.second.decoding import placed
from mlmodel.second.second_reader import SecondLine
from mlmodel.texts.candidates import Found
from mlmodel.texts.line_texts import LineTexts

_KNOWN = len(DIGITS) + len(SIGNS)


@dataclass(frozen=True)
class Written:
    """What is written.

    Attributes:
        text: digits and signs, lines separated by "|".
        confidence: the probability, 0..1, that the signs are right if the digits are; None where
            the second reader was not asked.
    """

    text: str
    confidence: float | None


def written(lines: Sequence[LineTexts], found: Found) -> Written:
    """The likeliest signs beside the digits of each line that has some, by the look along it."""
    texts, confidence = [], 1.0
    for line in lines:
        if not line.text:
            continue
        answers = found.second.get(found.candidates[line.start].line)
        if not answers:
            return Written("|".join(line.text for line in lines if line.text), None)
        text, share = _in_line(line.text, answers[0])
        texts.append(text)
        confidence *= share
    return Written("|".join(texts), confidence)


def _in_line(digits: str, answer: SecondLine) -> tuple[str, float]:
    """The likeliest way to write these digits, and its share of all ways."""
    text = placed(answer.shares, digits, signs=True).characters
    if digits_of(text) != digits:
        return digits, 0.0  # more digits than the look has room for
    of_text = sequence_logs(_without_letters(answer.shares), [_classes(text)])[0]
    of_digits = sequence_logs(answer.digits, [_classes(digits)])[0]
    return text, min(exp(float(of_text - of_digits)), 1.0)


def _without_letters(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """(columns, 21) in 0..1: digits, signs, and none, to which letters are added."""
    return np.column_stack([shares[:, :_KNOWN], shares[:, _KNOWN : NONE + 1].sum(axis=1)])


def _classes(text: str) -> list[int]:
    return [CHARACTERS.index(character) for character in text]
