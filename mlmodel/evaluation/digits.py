"""What became of the digits that were written, digit by digit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mlmodel.digits.classifier import DIGIT_CLASSES
from mlmodel.evaluation.alignment import Pair, align
from mlmodel.evaluation.answers import Answer
from mlmodel.evaluation.share import Share


@dataclass(frozen=True)
class Digits:
    """The digits of a set of pictures, in the shortest alignment of each text.

    Attributes:
        right: the share of the written digits that were read right.
        replaced: the number written, but read as another digit.
        missed: the number written, but not read.
        invented: the number read, but not written.
        accuracy: 1 - changes / digits written; 1 where no digit was written or invented.
        confusion: (10, 10) counts, [written][read]; missed and invented digits are not in it.
    """

    right: Share
    replaced: int
    missed: int
    invented: int
    accuracy: float
    confusion: tuple[tuple[int, ...], ...]


def count_digits(answers: Sequence[Answer]) -> Digits:
    """Count what became of the digits of all pictures; on which line they are doesn't matter."""
    missed = invented = 0
    confusion = np.zeros((DIGIT_CLASSES, DIGIT_CLASSES), int)
    for written, read, pair in _pairs(answers):
        if pair.written is None:
            invented += 1
        elif pair.read is None:
            missed += 1
        else:
            confusion[int(written[pair.written]), int(read[pair.read])] += 1
    right = int(np.trace(confusion))
    replaced = int(confusion.sum()) - right
    count = right + replaced + missed
    return Digits(
        right=Share.of(right, count),
        replaced=replaced,
        missed=missed,
        invented=invented,
        accuracy=1 - (replaced + missed + invented) / max(count, 1),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
    )


def digit_answers(answers: Sequence[Answer]) -> list[tuple[float, bool]]:
    """The confidence, 0..1, of every digit that was read, and whether it is right."""
    found: list[tuple[float, bool]] = []
    for answer in answers:
        digits = answer.reading.digits if answer.reading else ()
        for written, read, pair in _pairs([answer]):
            if pair.read is not None:
                right = pair.written is not None and written[pair.written] == read[pair.read]
                found.append((digits[pair.read].confidence, right))
    return found


def _pairs(answers: Sequence[Answer]) -> Iterator[tuple[str, str, Pair]]:
    """Every pair of the answers' alignments, with both of its texts."""
    for answer in answers:
        written, read = _without_lines(answer.picture.text), _without_lines(answer.text)
        for pair in align(written, read):
            yield written, read, pair


def _without_lines(text: str) -> str:
    return text.replace("|", "")
