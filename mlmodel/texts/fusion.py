"""Both networks' answers for a candidate, fused into one: is there a digit, and which."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.card import ReadingCard
from mlmodel.digits.classifier import OTHER
from mlmodel.odds import LEAST_PROBABILITY, logit, softmax
from mlmodel.texts.candidates import Candidate

# Digits that touch or are slanted cover up to this share of each other, which counts as no overlap.
# For two of the same value it is a smaller share, of their width: they are often one digit that was
# seen twice.
_TOUCHING, _TOUCHING_SAME = 0.4, 0.2
# Where two places overlap, the one with the higher score covers the other; the score is the line
# network's logit plus this many times the classifier's.
_FRAME_WEIGHT = 0.3
# A slim place is narrower than this share of its height.
_SLIM = 0.4
# The number of features for the presence of a digit; the card has a factor for each.
PRESENCE_FEATURES = 8


@dataclass(frozen=True)
class Opinion:
    """What both networks together answer for a candidate.

    Attributes:
        presence: the probability, 0..1, that a digit stands there.
        values: (10,) float64 in 0..1, the probability of each value given that there is a digit.
    """

    presence: float
    values: NDArray[np.float64]


def fuse(candidates: Sequence[Candidate], reading: ReadingCard) -> list[Opinion]:
    """Return one opinion per candidate, by the factors of the card."""
    if not candidates:
        return []
    values = value_shares(candidates, reading.digits_weight, reading.value_temperature)
    logits = presence_features(candidates, values) @ np.array(reading.presence)
    return [
        Opinion(float(presence), row)
        for presence, row in zip(1 / (1 + np.exp(-logits)), values, strict=True)
    ]


def presence_features(
    candidates: Sequence[Candidate], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The features for the presence of a digit in each place.

    Args:
        values: (n, 10) in 0..1, the probability of each value given that there is a digit.

    Returns:
        (n, 8) float64: 1; the line network's logit that there is a digit; the classifier's; the
        log-probability of the likeliest value; how far a place with a higher score covers this
        one beyond what touching digits do, whatever its value; the same if it has the same value;
        and for a slim place at the picture's edge 1 and once more the classifier's logit, for
        other places 0 and 0.
    """
    boxes = np.array([candidate.box for candidate in candidates], np.float64)
    of_line = logit([candidate.seen.presence for candidate in candidates])
    of_frame = np.array([candidate.frame_logit for candidate in candidates])
    # The line of a grid, cut off at the edge, looks like a 1 to the classifier.
    at_edge = np.array([candidate.at_edge for candidate in candidates])
    may_be_grid = at_edge & (boxes[:, 2] < _SLIM * boxes[:, 3])
    likeliest = np.log(np.maximum(values.max(axis=1), LEAST_PROBABILITY))
    lines = np.array([candidate.line for candidate in candidates])
    place_logits = of_line + _FRAME_WEIGHT * of_frame
    covered, repeated = _covered(boxes, lines, place_logits, values.argmax(axis=1))
    return np.stack(
        [
            np.ones(len(candidates)),
            of_line,
            of_frame,
            likeliest,
            np.maximum(covered - _TOUCHING, 0),
            np.maximum(repeated - _TOUCHING_SAME, 0),
            may_be_grid,
            may_be_grid * of_frame,
        ],
        axis=1,
    )


def _covered(
    boxes: NDArray[np.float64],
    lines: NDArray[np.int_],
    place_logits: NDArray[np.float64],
    values: NDArray[np.int_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far each place is covered by places of the same line with a higher score.

    Returns:
        (n,) in 0..1, the largest share of its box that one of them covers; and (n,) in 0..1, the
        largest share of the narrower one's width in which one of the same value overlaps it.
    """
    covered, repeated = np.zeros(len(boxes)), np.zeros(len(boxes))
    for line in np.unique(lines):
        own = np.flatnonzero(lines == line)
        higher = place_logits[own][np.newaxis] > place_logits[own][:, np.newaxis]
        same = higher & (values[own][np.newaxis] == values[own][:, np.newaxis])
        across, width = _common(boxes[own, 0], boxes[own, 2])
        down, height = _common(boxes[own, 1], boxes[own, 3])
        share = across * down / np.maximum(width * height, 1)[:, np.newaxis]
        covered[own] = (share * higher).max(axis=1)
        narrower = np.maximum(np.minimum.outer(width, width), 1)
        repeated[own] = (across / narrower * same).max(axis=1)
    return covered, repeated


def _common(
    start: NDArray[np.float64], length: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n, n): the length that every two spans have in common; and (n,): the spans' lengths."""
    end = start + length
    common = np.minimum.outer(end, end) - np.maximum.outer(start, start)
    return np.maximum(common, 0), length


def value_shares(
    candidates: Sequence[Candidate], weight: float, temperature: float
) -> NDArray[np.float64]:
    """(n, 10) float64 in 0..1: the probability of each value given that there is a digit.

    Args:
        weight: of the classifier's log-probabilities; the line network's have a weight of 1.
        temperature: divides the weighted sum of both networks' log-probabilities.
    """
    by_line, by_frame = value_logs(candidates)
    return softmax((by_line + weight * by_frame) / temperature)


def value_logs(
    candidates: Sequence[Candidate],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two (n, 10) float64: each value's log-probability, by the line network and the classifier."""
    by_line = np.stack([candidate.seen.probabilities for candidate in candidates])
    by_frame = np.stack([candidate.classes[:OTHER] for candidate in candidates])
    by_frame = by_frame / np.maximum(by_frame.sum(axis=1, keepdims=True), LEAST_PROBABILITY)
    return tuple(  # type: ignore[return-value]
        np.log(np.maximum(part.astype(np.float64), LEAST_PROBABILITY))
        for part in (by_line, by_frame)
    )
