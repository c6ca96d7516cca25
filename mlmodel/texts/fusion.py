"""The answers of both networks to a candidate as one: is there a digit, and which."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.card import ReadingCard
from mlmodel.digits.classifier import OTHER
from mlmodel.odds import LEAST_PROBABILITY, logit, softmax
from mlmodel.texts.candidates import Candidate

# Digits that touch or are slanted cover this share of each other; two of one value that overlap
# by less of their width are often one digit that was seen twice.
_TOUCHING, _TOUCHING_SAME = 0.4, 0.2
# Of two places the surer one covers the other: by the line network's logit and so much of the
# second one's.
_FRAME_WEIGHT = 0.3
# Width against height.
_SLIM = 0.4
# How many features speak for a digit; the card has a factor for each.
PRESENCE_FEATURES = 8


@dataclass(frozen=True)
class Opinion:
    """What both networks together say of a candidate.

    Attributes:
        presence: the probability, 0..1, that a digit stands there.
        values: (10,) float64 in 0..1, the probability of each value given that one does.
    """

    presence: float
    values: NDArray[np.float64]


def fuse(candidates: Sequence[Candidate], reading: ReadingCard) -> list[Opinion]:
    """One opinion a candidate, by the numbers of the card."""
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
    """What speaks for a digit in each place.

    Args:
        values: (n, 10) in 0..1, the probability of each value given that one stands there.

    Returns:
        (n, 8): one; the logits by which each network says that there is a digit; the logarithm of
        the likeliest value's probability; how far a surer place covers this one, one of any value
        and one of the same; and for a slim place at the picture's edge one, and the second
        network's logit once more.
    """
    boxes = np.array([candidate.box for candidate in candidates], np.float64)
    of_line = logit([candidate.seen.presence for candidate in candidates])
    of_frame = np.array([candidate.frame_logit for candidate in candidates])
    # The line of a grid, cut off at the edge, looks like a 1 to the second network.
    at_edge = np.array([candidate.at_edge for candidate in candidates])
    may_be_grid = at_edge & (boxes[:, 2] < _SLIM * boxes[:, 3])
    certain = np.log(np.maximum(values.max(axis=1), LEAST_PROBABILITY))
    lines = np.array([candidate.line for candidate in candidates])
    place_logits = of_line + _FRAME_WEIGHT * of_frame
    covered, repeated = _covered(boxes, lines, place_logits, values.argmax(axis=1))
    return np.stack(
        [
            np.ones(len(candidates)),
            of_line,
            of_frame,
            certain,
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
    """How far each place, (n,) in 0..1, lies in a surer one of the same line.

    Returns:
        The largest share of its box that one covers; and the largest share of the narrower one's
        width in which one of the same value overlaps it.
    """
    covered, repeated = np.zeros(len(boxes)), np.zeros(len(boxes))
    for line in np.unique(lines):
        own = np.flatnonzero(lines == line)
        surer = place_logits[own][np.newaxis] > place_logits[own][:, np.newaxis]
        same = surer & (values[own][np.newaxis] == values[own][:, np.newaxis])
        across, width = _common(boxes[own, 0], boxes[own, 2])
        down, height = _common(boxes[own, 1], boxes[own, 3])
        share = across * down / np.maximum(width * height, 1)[:, np.newaxis]
        covered[own] = (share * surer).max(axis=1)
        narrower = np.maximum(np.minimum.outer(width, width), 1)
        repeated[own] = (across / narrower * same).max(axis=1)
    return covered, repeated


def _common(
    start: NDArray[np.float64], length: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n, n): how much every two spans have in common; and their lengths."""
    end = start + length
    common = np.minimum.outer(end, end) - np.maximum.outer(start, start)
    return np.maximum(common, 0), length


def value_shares(
    candidates: Sequence[Candidate], weight: float, temperature: float
) -> NDArray[np.float64]:
    """(n, 10): the probability of each value given that a digit stands there.

    Args:
        weight: of what the second network says, against the line network.
        temperature: divides the sum of both networks' log probabilities.
    """
    by_line, by_frame = value_logs(candidates)
    return softmax((by_line + weight * by_frame) / temperature)


def value_logs(
    candidates: Sequence[Candidate],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two (n, 10): the logarithm of each value's probability, by the line and by the frame."""
    by_line = np.stack([candidate.seen.probabilities for candidate in candidates])
    by_frame = np.stack([candidate.classes[:OTHER] for candidate in candidates])
    by_frame = by_frame / np.maximum(by_frame.sum(axis=1, keepdims=True), LEAST_PROBABILITY)
    return tuple(  # type: ignore[return-value]
        np.log(np.maximum(part.astype(np.float64), LEAST_PROBABILITY))
        for part in (by_line, by_frame)
    )
