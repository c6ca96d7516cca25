"""The likely texts of a line: every place in it holds one digit or none."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from mlmodel.texts.fusion import Opinion

# Several ways through the places may lead to the same text, so more ways are followed than texts
# are wanted: this many times as many.
_WAYS_A_TEXT = 2
# A digit, or none, that is less likely than this in a place is not followed.
_LEAST = 1e-5
NO_DIGIT = -1


@dataclass(frozen=True)
class Hypothesis:
    """A text that a line may hold.

    Attributes:
        text: its digits; may be empty.
        log: its log-probability by the places alone, summed over all ways to it.
        values: of each place in the likeliest way to it, 0..9 or NO_DIGIT.
    """

    text: str
    log: float
    values: tuple[int, ...]


def hypotheses(opinions: Sequence[Opinion], most: int) -> list[Hypothesis]:
    """The likeliest texts of a line, the likeliest first.

    Places are treated as independent of each other. The best ways through them are exact; the
    probability of a text to which many unlikely ways lead may come out a little low.

    Args:
        opinions: one for each place, from left to right.
        most: the largest number of texts to return, 1 or more.
    """
    ways: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for opinion in opinions:
        choices = _choices(opinion)
        ways = heapq.nlargest(
            _WAYS_A_TEXT * most,
            [(so_far + more, (*values, v)) for so_far, values in ways for more, v in choices],
        )
    return _texts(ways)[:most]


def _choices(opinion: Opinion) -> list[tuple[float, int]]:
    """What a place may hold, each with its log-probability."""
    shares = [(1 - opinion.presence, NO_DIGIT)]
    shares += [(float(s), v) for v, s in enumerate(opinion.values * opinion.presence)]
    likeliest = max(share for share, _ in shares)
    return [(log(max(s, _LEAST)), v) for s, v in shares if s > _LEAST or s == likeliest]


def _texts(ways: list[tuple[float, tuple[int, ...]]]) -> list[Hypothesis]:
    texts: dict[str, Hypothesis] = {}
    for way, values in ways:  # the likeliest way to a text comes first
        text = "".join(str(value) for value in values if value != NO_DIGIT)
        known = texts.get(text)
        total = way if known is None else float(np.logaddexp(known.log, way))
        texts[text] = Hypothesis(text, total, known.values if known else values)
    return sorted(texts.values(), key=lambda hypothesis: -hypothesis.log)
