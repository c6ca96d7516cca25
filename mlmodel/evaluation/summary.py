"""All measures of one set of pictures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from mlmodel.evaluation.answers import Answer
from mlmodel.evaluation.digits import Digits, count_digits, digit_answers
from mlmodel.evaluation.labels import PictureSet
from mlmodel.evaluation.measures import bootstrap_by_source
from mlmodel.evaluation.share import Share
from mlmodel.evaluation.thresholds import Thresholds
from mlmodel.evaluation.trust import Trust, trust_in


@dataclass(frozen=True)
class FalseAccepts:
    """Shares of the pictures without digits that were answered with digits all the same.

    Attributes:
        answered: with digits of any confidence.
        at_working: with digits that the working threshold accepts.
        at_reference: with digits that the reference threshold accepts.
    """

    answered: Share
    at_working: Share
    at_reference: Share


@dataclass(frozen=True)
class Summary:
    """All measures of one set of pictures.

    Attributes:
        name: of the set.
        pictures: how many were read.
        available: how many there are; more than `pictures` if those were drawn at random.
        exact: the share read exactly; a picture without digits is, when nothing is read in it.
        exact_with_digits: the same, of the pictures with digits alone.
        by_source: by the name of a source, the share of its pictures read exactly.
        mean_of_sources: the mean of the sources' shares, 0..1.
        interval_of_mean: its confidence interval at 95 %, by drawing sources; None for a single
            source.
        false_accepts: of the pictures without digits.
        digits: digit by digit.
        texts_trust, digits_trust: how far the confidences can be trusted.
        median_milliseconds: from the bytes of a picture to its reading.
        written: the share read exactly with its signs; None where no picture tells these.
        written_of_right: the same, of the pictures whose digits were read rightly.
    """

    name: str
    pictures: int
    available: int
    exact: Share
    exact_with_digits: Share
    by_source: dict[str, Share]
    mean_of_sources: float
    interval_of_mean: tuple[float, float] | None
    false_accepts: FalseAccepts
    digits: Digits
    texts_trust: Trust
    digits_trust: Trust
    median_milliseconds: float
    written: Share | None
    written_of_right: Share | None


def summarize(pictures: PictureSet, answers: Sequence[Answer], thresholds: Thresholds) -> Summary:
    """Measure the answers, at least one, to a set of pictures."""
    by_source = _by_source(answers)
    shares = [source.value for source in by_source.values()]
    asked = [answer for answer in answers if answer.text or answer.picture.text]
    texts = [(answer.confidence, answer.right) for answer in asked]
    known = [answer for answer in answers if answer.picture.written is not None]
    return Summary(
        name=pictures.name,
        pictures=len(answers),
        available=pictures.available,
        exact=Share.of_true(answer.right for answer in answers),
        exact_with_digits=Share.of_true(answer.right for answer in answers if answer.picture.text),
        by_source=by_source,
        mean_of_sources=fmean(shares),
        interval_of_mean=bootstrap_by_source(shares) if len(shares) > 1 else None,
        false_accepts=_false_accepts(answers, thresholds),
        digits=count_digits(answers),
        texts_trust=trust_in(texts, thresholds.working),
        digits_trust=trust_in(digit_answers(answers), thresholds.working),
        median_milliseconds=median(answer.milliseconds for answer in answers),
        written=_as_written(known),
        written_of_right=_as_written([answer for answer in known if answer.right]),
    )


def with_digits(summaries: Sequence[Summary]) -> list[Summary]:
    """The summaries of the sets in which something is written.

    In the other sets every answer is wrong, and their false accepts are all there is to measure.
    """
    return [summary for summary in summaries if summary.digits.right.count]


def _as_written(known: Sequence[Answer]) -> Share | None:
    return Share.of_true(answer.right_as_written for answer in known) if known else None


def _by_source(answers: Sequence[Answer]) -> dict[str, Share]:
    rights = defaultdict(list)
    for answer in answers:
        rights[answer.picture.source].append(answer.right)
    return {source: Share.of_true(of_source) for source, of_source in sorted(rights.items())}


def _false_accepts(answers: Sequence[Answer], thresholds: Thresholds) -> FalseAccepts:
    empty = [answer for answer in answers if not answer.picture.text]

    def accepted_from(threshold: float) -> Share:
        return Share.of_true(
            bool(answer.text) and answer.confidence >= threshold for answer in empty
        )

    return FalseAccepts(
        answered=accepted_from(0.0),
        at_working=accepted_from(thresholds.working),
        at_reference=accepted_from(thresholds.reference),
    )
