"""The second reader's texts beside those of the places: which digit stands in which place."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from mlmodel.digits.classifier import DIGIT_CLASSES, Classifier
from mlmodel.lines.columns import ColumnDigit
from mlmodel.lines.strips import DIGIT_HEIGHT_PX, STRIP_HEIGHT_PX, Strip, outline_in_working
from mlmodel.picture.ink import Ink
from mlmodel.picture.locate import Components
from mlmodel.second.look import Look, look_along, look_at_whole
from mlmodel.second.second_reader import SecondLine, SecondReader
from mlmodel.texts.candidates import Candidate, Found, SeenAt, candidates_at
from mlmodel.texts.fusion import Opinion
from mlmodel.texts.lattice import NO_DIGIT, Hypothesis

# A digit that the second reader sees is at a place if its middle is at most this far from the
# place's, in heights of a digit.
_SAME_PLACE = 0.55
# A digit that only the second reader sees is given a box this wide, in heights, ...
_USUAL_WIDTH = 0.6
# ... and this presence by the first reader.
_UNSEEN = 0.02
# A picture shows little more than a line if its digits are this high, as a share of its height.
_LEAST_OF_WHOLE = 0.2
# Lower bound of what a place adds to the log-probability of a text.
_LEAST_LOG = -8.0


def with_second(
    found: Found,
    ink: Ink,
    components: Components,
    second_reader: SecondReader,
    classifier: Classifier,
) -> Found:
    """What was found, with the second reader's answers for every line.

    Where only the second reader sees a digit, a place for it is added.
    """
    answers = {
        line: tuple(
            second_reader.read(look, DIGIT_HEIGHT_PX / strip.scale)
            for look in _looks(ink, strip, found)
        )
        for line, strip in found.strips.items()
    }
    found = replace(found, second=answers)
    for looks in zip_longest(*answers.values()):
        overlooked = [
            place
            for line, answer in zip(answers, looks, strict=True)
            if answer
            for place in _overlooked(line, answer, found.strips[line], found.candidates)
        ]
        added = candidates_at(ink, components, overlooked, classifier)
        every = sorted((*found.candidates, *added), key=lambda one: (one.line, one.seen.middle))
        found = replace(found, candidates=tuple(every))
    return found


def _looks(ink: Ink, strip: Strip, found: Found) -> Iterator[Look]:
    """Along the line, and at all of a picture that shows little else."""
    yield look_along(ink, strip)
    height = DIGIT_HEIGHT_PX / strip.scale
    if len(found.strips) == 1 and height >= _LEAST_OF_WHOLE * ink.grey.shape[0]:
        yield look_at_whole(ink)


def _overlooked(
    line: int, answer: SecondLine, strip: Strip, candidates: Sequence[Candidate]
) -> list[SeenAt]:
    """The digits of the second reader's best text where there is no place."""
    own = [candidate for candidate in candidates if candidate.line == line]
    middles = answer.places_of(answer.texts[0])
    places = _aligned(middles, _middles(own), answer.digit_height)
    return [
        _unseen(line, middle, strip)
        for middle, place in zip(middles, places, strict=True)
        if place is None
    ]


def _unseen(line: int, middle: NDArray[np.float64], strip: Strip) -> SeenAt:
    """A digit of usual size around a point, as if the first reader had hardly seen it."""
    inverse = np.linalg.inv(np.vstack([strip.to_working, (0, 0, 1)]))
    x, y = (inverse @ (*middle, 1))[:2]
    y = (y + (STRIP_HEIGHT_PX - 1) / 2) / 2
    half = _USUAL_WIDTH * DIGIT_HEIGHT_PX / 2
    edges = x - half, y - DIGIT_HEIGHT_PX / 2, x + half, y + DIGIT_HEIGHT_PX / 2
    even = np.full(DIGIT_CLASSES, 1 / DIGIT_CLASSES, np.float32)
    return line, ColumnDigit(_UNSEEN, even, edges), outline_in_working(strip, *edges)


def with_second_texts(
    texts: Sequence[Hypothesis],
    answers: Sequence[SecondLine],
    candidates: Sequence[Candidate],
    opinions: Sequence[Opinion],
) -> list[Hypothesis]:
    """The texts of a line and those of the second reader that are not among them.

    Args:
        candidates, opinions: those of the line.
    """
    known = {hypothesis.text for hypothesis in texts}
    middles = _middles(candidates)
    every = list(texts)
    for answer, text in ((look, text) for look in answers for text in look.texts):
        if text in known:
            continue
        known.add(text)
        places = _aligned(answer.places_of(text), middles, answer.digit_height)
        taken = [place for place in places if place is not None]
        if len(taken) == len(text):  # otherwise a digit has no ink
            values = [NO_DIGIT] * len(candidates)
            for place, value in zip(taken, text, strict=True):
                values[place] = int(value)
            every.append(Hypothesis(text, _log_of(values, opinions), tuple(values)))
    return every


def _log_of(values: Sequence[int], opinions: Sequence[Opinion]) -> float:
    """The log-probability of these values by the opinions on their places."""
    shares = [
        1 - opinion.presence if value == NO_DIGIT else opinion.presence * opinion.values[value]
        for value, opinion in zip(values, opinions, strict=True)
    ]
    return float(np.maximum(np.log(np.maximum(shares, 1e-30)), _LEAST_LOG).sum())


def _middles(candidates: Sequence[Candidate]) -> NDArray[np.float64]:
    boxes = np.array([candidate.box for candidate in candidates], np.float64).reshape(-1, 4)
    return np.asarray(boxes[:, :2] + boxes[:, 2:] / 2)


def _aligned(
    digits: NDArray[np.float64], places: NDArray[np.float64], height: float
) -> list[int | None]:
    """The place of each digit, in their order; None where none is near.

    Of all ways to give digits places from left to right, the one with the least distances; a digit
    without a place counts as one at the largest distance.

    Args:
        digits: (n, 2), places: (m, 2), x and y of their middles in working pixels.
        height: of a digit, in working pixels.
    """
    apart = np.abs(digits[:, np.newaxis, 0] - places[np.newaxis, :, 0]) / height
    cost = np.zeros((len(digits) + 1, len(places) + 1))
    cost[1:, 0] = np.arange(1, len(digits) + 1) * _SAME_PLACE
    for i in range(1, len(digits) + 1):
        for j in range(1, len(places) + 1):
            at = cost[i - 1, j - 1] + apart[i - 1, j - 1]
            cost[i, j] = min(at, cost[i - 1, j] + _SAME_PLACE, cost[i, j - 1])
    found: list[int | None] = [None] * len(digits)
    i, j = len(digits), len(places)
    while i and j:
        if cost[i, j] == cost[i, j - 1]:
            j -= 1
        elif cost[i, j] == cost[i - 1, j] + _SAME_PLACE:
            i -= 1
        else:
            i, j = i - 1, j - 1
            found[i] = j
    return found
