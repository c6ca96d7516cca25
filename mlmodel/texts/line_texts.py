"""The texts of a picture, judged digit by digit by its places and line by line by the columns.

The places of a line are judged one by one, so that a digit may be counted twice, or missed
between two; therefore a line's whole text is also judged by its probability in the columns of
the line's strip.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from mlmodel.artifact.card import ReadingCard
from mlmodel.lines.ctc import text_logs
from mlmodel.odds import logit, softmax
from mlmodel.second.second_reader import SecondLine
from mlmodel.texts.candidates import Candidate, Found
from mlmodel.texts.fusion import Opinion, value_logs
from mlmodel.texts.lattice import NO_DIGIT, Hypothesis, hypotheses
from mlmodel.texts.second_texts import with_second_texts

# The largest number of texts of a line that are compared.
MOST_TEXTS = 16
# The numbers of features for a text, and for its being right; the card has a factor for each. The
# second reader adds some.
TEXT_FEATURES, CONFIDENCE_FEATURES = 2, 8
TEXT_FEATURES_OF_BOTH, CONFIDENCE_FEATURES_OF_BOTH = 4, 14
# Lower bound of a text's log-probability by the columns.
_LEAST_LOG = -12.0
# Bounds of a frame logit: beyond them, the classifier is certain that there is no digit, or one.
_LEAST_FRAME_LOGIT, _MOST_FRAME_LOGIT = -8.0, 12.0
_HALF = 0.5
# More columns with letters tell no more.
_MOST_LETTERS = 4.0
# The share of a digit's probability that comes from the opinion on its place alone.
_TRACE = 0.001


@dataclass(frozen=True)
class LineTexts:
    """The texts that one line may hold, the likeliest first.

    Attributes:
        start: the index of the line's first candidate.
        hypotheses: the n texts.
        features: (n, 2) or (n, 4) float64, the features of each text: see text_features.
        shares: (n,) float64 in 0..1, the probability of each text; their sum is 1.
    """

    start: int
    hypotheses: tuple[Hypothesis, ...]
    features: NDArray[np.float64]
    shares: NDArray[np.float64]

    @property
    def text(self) -> str:
        return self.hypotheses[0].text


def line_texts(
    found: Found, opinions: Sequence[Opinion], factors: Sequence[float]
) -> tuple[LineTexts, ...]:
    """The texts of every line that has candidates, from the top.

    Args:
        opinions: one for each candidate.
        factors: one for each of the text_features.
    """
    lines, start = [], 0
    for line, group in groupby(found.candidates, key=lambda candidate: candidate.line):
        own = list(group)
        of_places = opinions[start : start + len(own)]
        texts = hypotheses(of_places, MOST_TEXTS)
        answers = found.second.get(line, ())
        if answers:
            texts = with_second_texts(texts, answers, own, of_places)
        features = text_features(texts, found.columns[line], answers)
        shares = softmax(features @ np.array(factors))
        order = np.argsort(-shares, kind="stable")
        lines.append(
            LineTexts(start, tuple(texts[i] for i in order), features[order], shares[order])
        )
        start += len(own)
    return tuple(lines)


def text_features(
    texts: Sequence[Hypothesis], columns: NDArray[np.float64], answers: Sequence[SecondLine] = ()
) -> NDArray[np.float64]:
    """The features of each text of a line.

    Args:
        columns: (columns, 11) float64 in 0..1, those of the line: see ctc.column_shares.
        answers: the second reader's for the line, where it was asked.

    Returns:
        (n, 2) float64: the text's log-probability by its places, and by the columns; or (n, 4),
        with the means of those by the columns of the second reader's looks: of the logarithms, and
        of the probabilities. The number of its digits is not a feature: when it was, grid lines
        beside a digit became digits.
    """
    written = [hypothesis.text for hypothesis in texts]
    features = [np.array([hypothesis.log for hypothesis in texts]), text_logs(columns, written)]
    if answers:
        by_look = np.stack([text_logs(answer.digits, written) for answer in answers])
        features += [by_look.mean(axis=0), np.logaddexp.reduce(by_look) - np.log(len(answers))]
    return np.stack(features, axis=1)


def best_text(lines: Sequence[LineTexts]) -> tuple[str, float]:
    """The likeliest text, lines separated by "|", and its probability, 0..1."""
    text = "|".join(line.text for line in lines if line.text)
    return text, float(np.prod([line.shares[0] for line in lines]))


def likely_texts(lines: Sequence[LineTexts], most: int) -> list[tuple[str, float]]:
    """The likeliest texts, lines separated by "|", and their probabilities, the likeliest first.

    Args:
        most: the largest number of texts to return, 1 or more.
    """
    ways = [(1.0, "")]
    for line in lines:
        ways = heapq.nlargest(
            MOST_TEXTS,
            [
                (share * float(more), f"{text}|{hypothesis.text}".strip("|"))
                for share, text in ways
                for more, hypothesis in zip(line.shares, line.hypotheses, strict=True)
            ],
        )
    texts: defaultdict[str, float] = defaultdict(float)
    for share, text in ways:
        texts[text] += share
    return heapq.nlargest(most, texts.items(), key=lambda item: item[1])


def digit_shares(line: LineTexts, opinions: Sequence[Opinion]) -> NDArray[np.float64]:
    """(places, 10) float64 in 0..1: the probability of each digit in each place of the line.

    A digit that no likely text holds still has a trace of its probability by the opinion, so that
    a person is shown alternatives to choose from.
    """
    rows = [
        opinion.presence * opinion.values * _TRACE
        for opinion in opinions[line.start : line.start + len(line.hypotheses[0].values)]
    ]
    shares = np.stack(rows)
    for hypothesis, share in zip(line.hypotheses, line.shares * (1 - _TRACE), strict=True):
        for place, value in enumerate(hypothesis.values):
            if value != NO_DIGIT:
                shares[place, value] += share
    return shares


def confidence_features(
    lines: Sequence[LineTexts], found: Found, opinions: Sequence[Opinion]
) -> NDArray[np.float64]:
    """The features for the likeliest text's being right.

    Returns:
        (8,) float64, or (14,) with those of the second reader: see _of_second. Four features of the
        whole text: 1; the logit of its probability; the least log-probability of a line's text by
        the line's columns, which is low where the columns hold something that no text does; and the
        logarithm of the number of its digits, because the doubts about single digits add up to more
        than the doubt about the text: one hand wrote them all. Four features of its places, one by
        one: the least frame logit of a digit that was read; the classifier's least log-probability
        of a value that was read; the largest presence where no digit was read; and the logarithm of
        the largest digit height divided by the smallest. They are needed because places are joined
        as if they were independent, and one doubtful place is lost among many that are certain.
    """
    text, probability = best_text(lines)
    by_columns = min((float(line.features[0, 1]) for line in lines), default=0.0)
    length = math.log(max(len(text.replace("|", "")), 1))
    of_text = [1.0, float(logit(probability)), max(by_columns, _LEAST_LOG), length]
    of_places = _worst_of_places(lines, found.candidates, opinions)
    of_second = _of_second(lines, found) if found.second else []
    return np.array(of_text + of_places + of_second)


def _of_second(lines: Sequence[LineTexts], found: Found) -> list[float]:
    """The last six of confidence_features, which a reading by both has.

    The share of its looks that read the same; that once more with the logit of the text's
    probability; how far the text is behind the one that the second reader finds likeliest, by their
    log-probabilities, whether that one has places or not; the least log-probability of a line's
    text by its columns; how many columns show letters; and the logarithm of how many inks as large
    as half a digit nobody took for one.
    """
    read = {found.candidates[line.start].line: line for line in lines}
    agree, behind, least = 1.0, 0.0, 0.0
    for number, answers in found.second.items():
        line = read.get(number)
        text = line.text if line else ""
        agree = min(agree, float(np.mean([answer.texts[0] == text for answer in answers])))
        if line is None:  # no place for a digit was found there
            continue
        least = min(least, float(line.features[0, -2]))
        behind = min(behind, float(np.mean([_behind(line.text, answer) for answer in answers])))
    every = (answer.letters for answers in found.second.values() for answer in answers)
    letters = min(sum(every), _MOST_LETTERS)
    likely = float(logit(best_text(lines)[1]))
    return [
        agree,
        agree * likely,
        max(behind, _LEAST_LOG),
        max(least, _LEAST_LOG),
        letters,
        math.log1p(_others_like_digits(found)),
    ]


def _behind(text: str, answer: SecondLine) -> float:
    """The log-probability of a text minus that of the look's likeliest, 0 or less."""
    mine, likeliest = text_logs(answer.digits, [text, answer.texts[0]])
    return min(float(mine - likeliest), 0.0)


def _others_like_digits(found: Found) -> int:
    """How many inks that belong to no candidate are at least half as high as the candidates."""
    heights = [candidate.box[3] for candidate in found.candidates]
    least = _HALF * float(np.median(heights)) if heights else 0.0
    return sum(box[3] >= least for box in found.others)


def _worst_of_places(
    lines: Sequence[LineTexts], candidates: Sequence[Candidate], opinions: Sequence[Opinion]
) -> list[float]:
    """The last four of confidence_features: any place in doubt makes a whole text doubtful."""
    values = [value for line in lines for value in line.hypotheses[0].values]
    others = [o.presence for o, v in zip(opinions, values, strict=True) if v == NO_DIGIT]
    read = [(c, v) for c, v in zip(candidates, values, strict=True) if v != NO_DIGIT]
    if not read:
        return [0.0, 0.0, max(others, default=0.0), 0.0]
    digits = [candidate for candidate, _ in read]
    is_digit = min(candidate.frame_logit for candidate in digits)
    _, by_frame = value_logs(digits)
    as_read = by_frame[range(len(read)), [value for _, value in read]]
    heights = [candidate.box[3] for candidate in digits]
    return [
        min(max(is_digit, _LEAST_FRAME_LOGIT), _MOST_FRAME_LOGIT),
        float(as_read.min()),
        max(others, default=0.0),
        math.log(max(heights) / max(min(heights), 1)),
    ]


def text_confidence(
    lines: Sequence[LineTexts], found: Found, opinions: Sequence[Opinion], reading: ReadingCard
) -> float:
    """The confidence, 0..1: the probability that the likeliest text is right."""
    features = confidence_features(lines, found, opinions)
    text_logit = float(features @ np.array(reading.confidence))
    return float(1 / (1 + np.exp(-text_logit)))
