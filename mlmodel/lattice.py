"""The likely texts of a picture: every candidate is some digit, or none."""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlmodel.candidates import Candidate
from mlmodel.fusion import Opinion

# Digits of one text that only differ in which candidates they come from are one text: more
# paths than texts are followed.
_PATHS_A_TEXT = 4
# What is less likely than this is no way to read a candidate.
_LEAST = 1e-6


@dataclass(frozen=True)
class Slot:
    """A candidate in reading order: its line, and what may stand there."""

    line: int
    opinion: Opinion


def slots_of(candidates: Sequence[Candidate], opinions: Sequence[Opinion]) -> tuple[Slot, ...]:
    """The slots of candidates in reading order, with the opinion on each."""
    return tuple(
        Slot(candidate.line, opinion)
        for candidate, opinion in zip(candidates, opinions, strict=True)
    )


def best_text(slots: Sequence[Slot]) -> tuple[str, float]:
    """The text of all digits that are there rather than not, and its probability, 0..1.

    Args:
        slots: in reading order.
    """
    text, line, probability = "", -1, 1.0
    for slot in slots:
        opinion = slot.opinion
        if not opinion.is_digit:
            probability *= 1 - opinion.presence
            continue
        text += "|" if text and slot.line != line else ""
        text += str(int(opinion.values.argmax()))
        line = slot.line
        probability *= opinion.presence * float(opinion.values.max())
    return text, probability


def likely_texts(slots: Sequence[Slot], most: int) -> list[tuple[str, float]]:
    """The likeliest texts, lines parted by "|", with their probabilities, likeliest first.

    Candidates are taken as independent of each other. The best paths through them are exact;
    texts that many unlikely paths lead to may come out a little low.

    Args:
        slots: in reading order.
        most: how many texts are wanted at the most; 1 or more.
    """
    paths: list[tuple[float, str, int]] = [(0.0, "", -1)]  # log probability, text, last line
    for slot in slots:
        paths = heapq.nlargest(
            _PATHS_A_TEXT * most,
            [longer for path in paths for longer in _ways(path, slot)],
        )
    texts: defaultdict[str, float] = defaultdict(float)
    for log, text, _ in paths:
        texts[text] += float(np.exp(log))
    return heapq.nlargest(most, texts.items(), key=lambda item: item[1])


def _ways(path: tuple[float, str, int], slot: Slot) -> list[tuple[float, str, int]]:
    log, text, line = path
    opinion = slot.opinion
    ways = []
    if 1 - opinion.presence > _LEAST:
        ways.append((log + float(np.log(1 - opinion.presence)), text, line))
    break_before = "|" if text and slot.line != line else ""
    for value, probability in enumerate(opinion.values * opinion.presence):
        if probability > _LEAST:
            longer = f"{text}{break_before}{value}"
            ways.append((log + float(np.log(probability)), longer, slot.line))
    return ways or [(log, text, line)]
