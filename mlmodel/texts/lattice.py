"""The likely texts of a line: every place in it holds some digit, or none."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from mlmodel.texts.fusion import Opinion

# Digits of one text that only differ in which places they come from are one text: more ways
# than texts are followed.
_WAYS_A_TEXT = 2
# What is less likely than this is no way to read a place.
_LEAST = 1e-5
NO_DIGIT = -1


@dataclass(frozen=True)
class Hypothesis:
    """A text that a line may hold.

    Attributes:
        text: digits, or nothing.
        log: the logarithm of its probability, by its places alone: over all ways to it.
        values: for each place in the likeliest way, 0..9 or NO_DIGIT.
    """

    text: str
    log: float
    values: tuple[int, ...]


def hypotheses(opinions: Sequence[Opinion], most: int) -> list[Hypothesis]:
    """The likeliest texts of a line, the likeliest first.

    Places are taken as independent of each other. The best ways through them are exact; texts
    that many unlikely ways lead to may come out a little low.

    Args:
        opinions: on each place, from left to right.
        most: how many texts are wanted at the most; 1 or more.
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
    """What a place may hold, with the logarithm of its probability."""
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
