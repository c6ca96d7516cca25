"""All measures of one set of pictures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from mlmodel.evaluation import measures
from mlmodel.evaluation.alignment import align
from mlmodel.evaluation.answers import Answer


@dataclass(frozen=True)
class Trust:
    """How far confidences can be trusted, of texts or of digits. All are shares, 0..1.

    Attributes:
        count: answers with digits in them; the others ask for no trust.
        read_rate_1_percent: accepted when 1 % of the accepted may be wrong, at best.
        read_rate_1_permille: the same for 0.1 %.
        accepted: at the working threshold.
        wrong_among_accepted: of the accepted ones, at the working threshold.
        area: under the risk-coverage curve.
        calibration_error: expected calibration error.
    """

    count: int
    read_rate_1_percent: float
    read_rate_1_permille: float
    accepted: float
    wrong_among_accepted: float
    area: float
    calibration_error: float


@dataclass(frozen=True)
class Digits:
    """Digit by digit: the digits written, and what became of them in the shortest alignment."""

    written: int
    right: int
    replaced: int
    missed: int
    invented: int

    @property
    def accuracy(self) -> float:
        """1 - changes / digits written; 1 where none was written nor invented."""
        changes = self.replaced + self.missed + self.invented
        return 1 - changes / max(self.written, 1)


@dataclass(frozen=True)
class Summary:
    """All measures of one set of pictures.

    Attributes:
        name: of the set.
        pictures: how many.
        exact: how many were read exactly; a picture without digits by reading nothing.
        exact_interval: of the share of exact ones, at 95 %.
        exact_by_source: the mean of the sources' shares.
        sources: how many.
        empty: pictures with nothing to read.
        answered_empty: of those, how many were answered with digits.
        answered_empty_surely: of those, how many with a confidence over the threshold.
        digits: digit by digit.
        texts_trust, digits_trust: how far the confidences can be trusted.
        median_milliseconds: from the bytes of a picture to its reading.
    """

    name: str
    pictures: int
    exact: int
    exact_interval: tuple[float, float]
    exact_by_source: float
    sources: int
    empty: int
    answered_empty: int
    answered_empty_surely: int
    digits: Digits
    texts_trust: Trust
    digits_trust: Trust
    median_milliseconds: float


def summarize(name: str, answers: Sequence[Answer], threshold: float) -> Summary:
    """Measure answers to pictures whose text is known.

    Args:
        answers: at least one.
        threshold: from this confidence, 0..1, a text is accepted without asking a person.
    """
    exact = sum(answer.right for answer in answers)
    empty = [answer for answer in answers if not answer.picture.text]
    by_source = defaultdict(list)
    for answer in answers:
        by_source[answer.picture.source].append(answer.right)
    with_digits = [answer for answer in answers if answer.text or answer.picture.text]
    return Summary(
        name=name,
        pictures=len(answers),
        exact=exact,
        exact_interval=measures.interval(exact, len(answers)),
        exact_by_source=fmean(fmean(rights) for rights in by_source.values()),
        sources=len(by_source),
        empty=len(empty),
        answered_empty=sum(bool(answer.text) for answer in empty),
        answered_empty_surely=sum(
            bool(answer.text) and answer.confidence >= threshold for answer in empty
        ),
        digits=_digits(answers),
        texts_trust=_trust(
            [(answer.confidence, answer.right) for answer in with_digits], threshold
        ),
        digits_trust=_trust(_digit_answers(answers), threshold),
        median_milliseconds=float(np.median([answer.milliseconds for answer in answers])),
    )


def _trust(answers: list[tuple[float, bool]], threshold: float) -> Trust:
    confidences = np.array([confidence for confidence, _ in answers], np.float64)
    rights = np.array([right for _, right in answers], np.bool_)
    accepted, wrong = measures.accepted_at(confidences, rights, threshold)
    return Trust(
        count=len(answers),
        read_rate_1_percent=measures.read_rate(confidences, rights, 0.01),
        read_rate_1_permille=measures.read_rate(confidences, rights, 0.001),
        accepted=accepted / max(len(answers), 1),
        wrong_among_accepted=wrong / max(accepted, 1),
        area=measures.area_under_risk_coverage(confidences, rights),
        calibration_error=measures.calibration_error(confidences, rights),
    )


def _digits(answers: Sequence[Answer]) -> Digits:
    right = replaced = missed = invented = 0
    for answer in answers:
        written, read = _without_lines(answer.picture.text), _without_lines(answer.text)
        for pair in align(written, read):
            if pair.written is None:
                invented += 1
            elif pair.read is None:
                missed += 1
            elif written[pair.written] == read[pair.read]:
                right += 1
            else:
                replaced += 1
    return Digits(right + replaced + missed, right, replaced, missed, invented)


def _digit_answers(answers: Sequence[Answer]) -> list[tuple[float, bool]]:
    """The confidence of every digit that was read, and whether it was written."""
    found: list[tuple[float, bool]] = []
    for answer in answers:
        if answer.reading is None:
            continue
        written, read = _without_lines(answer.picture.text), _without_lines(answer.text)
        for pair in align(written, read):
            if pair.read is not None:
                right = pair.written is not None and written[pair.written] == read[pair.read]
                found.append((answer.reading.digits[pair.read].confidence, right))
    return found


def _without_lines(text: str) -> str:
    return text.replace("|", "")
