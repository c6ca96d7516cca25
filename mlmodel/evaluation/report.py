"""Measures as people and programs read them: Markdown and JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from urllib.parse import quote

from mlmodel.artifact.card import ModelCard
from mlmodel.evaluation.cost import PAGE_LINES, STRIP_DIGITS, Cost
from mlmodel.evaluation.summary import Summary
from mlmodel.evaluation.tables import (
    digits_table,
    false_accepts_table,
    glance_table,
    readers_table,
    sources_table,
    texts_table,
    trust_table,
    written_table,
)
from mlmodel.evaluation.thresholds import REFERENCE_SHARE, Thresholds
from mlmodel.evaluation.two_readers import TwoReaders


@dataclass(frozen=True)
class Measured:
    """Everything that was measured of a model."""

    card: ModelCard
    thresholds: Thresholds
    summaries: Sequence[Summary]
    cost: Cost
    readers: Mapping[str, TwoReaders] = field(default_factory=dict)  # by the name of a set


def as_json(measured: Measured) -> str:
    """All numbers as one JSON object."""
    return json.dumps(
        {
            "model": measured.card.name,
            "sha256": measured.card.sha256,
            "mnist_test_accuracy": measured.card.test_accuracy,
            "thresholds": asdict(measured.thresholds),
            "cost": asdict(measured.cost),
            "sets": [asdict(summary) for summary in measured.summaries],
            "two_readers": {name: asdict(one) for name, one in measured.readers.items()},
        },
        indent=2,
    )


def as_markdown(
    measured: Measured, plots: str | None = None, sheets: Mapping[str, str] | None = None
) -> str:
    """The tables as Markdown, with a sentence on how to read each.

    Args:
        plots: the name of the file with the plots, beside the report.
        sheets: by the name of a set, the name of the file with its mistakes, beside the report.
    """
    sections = [
        _at_a_glance(measured),
        _whole_texts(measured.summaries),
        _digit_by_digit(measured.summaries),
        _as_written(measured.summaries),
        _two_readers(measured.readers),
        _trust(measured),
        _false_accepts(measured),
        _by_source(measured.summaries),
        _pictures(plots, sheets or {}),
    ]
    return "\n".join(section for section in sections if section)


def _at_a_glance(measured: Measured) -> str:
    cost = measured.cost
    peak = f", at the most {cost.peak_megabytes:.0f} MB" if cost.peak_megabytes else ""
    return f"""# How well it reads

Measured with the model {measured.card.name}. None of these pictures was trained on.
{_draws(measured.summaries)}
## At a glance

{glance_table(measured.summaries, measured.thresholds, cost)}
Times are medians on one core ({cost.processor}), without decoding the picture file; the page has
{PAGE_LINES} lines of {STRIP_DIGITS} digits. Memory is that of a new process which loaded the model
and read all of these{peak}.
"""


def _draws(summaries: Sequence[Summary]) -> str:
    return "".join(
        f"Of the {one.available:,} pictures of {one.name}, {one.pictures:,} were drawn at random, "
        "always the same.\n"
        for one in summaries
        if one.available > one.pictures
    )


def _whole_texts(summaries: Sequence[Summary]) -> str:
    return f"""## Whole texts

A text is exact when every digit is right and none is missing, too many, or on a wrong line; a
picture without digits is, when nothing is read in it. Intervals of shares are Clopper and
Pearson's; that of the mean of sources comes from drawing sources anew. The time is from the bytes
to the reading.

{texts_table(summaries)}"""


def _digit_by_digit(summaries: Sequence[Summary]) -> str:
    return f"""## Digit by digit

Each text is aligned with what was read in the shortest way. Accuracy is one minus the changes
that lead from what was read to what was written, for each digit written.

{digits_table(summaries)}"""


def _as_written(summaries: Sequence[Summary]) -> str:
    if not any(summary.written for summary in summaries):
        return ""
    return f"""## As written

A number is right as written when its points, commas and other signs are, too. Blanks don't count.

{written_table(summaries)}"""


def _two_readers(readers: Mapping[str, TwoReaders]) -> str:
    if not readers:
        return ""
    return f"""## The two readers

What each reader makes of the same pictures when it is asked alone, and how often both are wrong
in the same way: readers that err apart can check each other. In the fast way the second one is not
asked, because the first one is sure enough; the last column says how often it would have changed
the text.

{readers_table(readers)}"""


def _trust(measured: Measured) -> str:
    return f"""## How far the confidence can be trusted

Of the sets in which something is written. The read rate is the largest share that could be
accepted unseen with so many wrong among them at most. Accepted, and wrong among them, are at the
threshold that is in use, a confidence of {measured.thresholds.working:.4f}. AURC is the mean error
rate over all shares of accepted answers, ECE the mean distance between confidence and share of
right answers; both are better when small.

### Texts

{trust_table(measured.summaries, lambda summary: summary.texts_trust)}
### Digits

{trust_table(measured.summaries, lambda summary: summary.digits_trust)}"""


def _false_accepts(measured: Measured) -> str:
    thresholds = measured.thresholds
    if not any(summary.false_accepts.answered.count for summary in measured.summaries):
        return ""
    return f"""## Pictures without digits

A false accept is an answer with digits whose confidence reaches a threshold: the one that is in
use, {thresholds.working:.4f}, and {thresholds.reference:.4f}, the highest that still accepts
{REFERENCE_SHARE * 100:.0f} % of {thresholds.reference_set}.

{false_accepts_table(measured.summaries, thresholds)}"""


def _by_source(summaries: Sequence[Summary]) -> str:
    several = [summary for summary in summaries if len(summary.by_source) > 1]
    if not several:
        return ""
    tables = "\n".join(f"### {summary.name}\n\n{sources_table(summary)}" for summary in several)
    return f"## By source\n\n{tables}"


def _pictures(plots: str | None, sheets: Mapping[str, str]) -> str:
    shown = (
        f"![Reliability, risk and coverage, and confusion of digits]({plots})\n" if plots else ""
    )
    links = "".join(
        f"- [Surest mistakes in {name}]({quote(file)})\n" for name, file in sheets.items()
    )
    return "\n".join(["## Pictures\n", *filter(None, (shown, links))]) if shown or links else ""
