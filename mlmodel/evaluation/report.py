"""Measures as people and programs read them: Markdown and JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from mlmodel.card import ModelCard
from mlmodel.evaluation.summary import Summary, Trust

TEXTS_HEADER = (
    "| pictures | exact | 95 % interval | mean of sources | digits right | median ms |\n"
    "|---|---|---|---|---|---|\n"
)
TRUST_HEADER = (
    "| pictures | answers | read rate at 1 % error | at 0.1 % | accepted | wrong among them "
    "| AURC | ECE |\n"
    "|---|---|---|---|---|---|---|---|\n"
)
EMPTY_HEADER = (
    "| pictures | without digits | answered with digits | as if sure |\n|---|---|---|---|\n"
)


def as_json(card: ModelCard, threshold: float, summaries: Sequence[Summary]) -> str:
    """Everything that was measured, one object."""
    return json.dumps(
        {
            "model": card.name,
            "artifact_sha256": card.artifact_sha256,
            "threshold": threshold,
            "mnist_test_accuracy": card.test_accuracy,
            "sets": [
                {**asdict(summary), "digit_accuracy": summary.digits.accuracy}
                for summary in summaries
            ],
        },
        indent=2,
    )


def as_markdown(card: ModelCard, threshold: float, summaries: Sequence[Summary]) -> str:
    """The tables, with a sentence on how to read each."""
    return f"""# How well it reads

Measured with the model {card.name}, which reads {_percent(card.test_accuracy, 2)} of the MNIST
test set. None of these pictures was trained on.

## Whole texts

A text is exact when every digit is right and none is missing, too many, or on a wrong line; a
picture without digits is, when nothing is read in it. Digits right: one minus the changes that
lead from what was read to what was written, for each digit written. The time is from the bytes to
the reading.

{TEXTS_HEADER}{"".join(map(_texts_row, summaries))}
## How far the confidence can be trusted

The read rate is the largest share that could be accepted unseen with so many wrong among them at
most. Accepted, and wrong among them, are at the threshold that is in use, a confidence of
{threshold:.2f}. AURC is the mean error rate over all shares of accepted answers, ECE the mean
distance between confidence and share of right answers; both are better when small.

### Texts

{TRUST_HEADER}{"".join(_trust_row(summary.name, summary.texts_trust) for summary in summaries)}
### Digits

{TRUST_HEADER}{"".join(_trust_row(summary.name, summary.digits_trust) for summary in summaries)}
## Pictures without digits

{EMPTY_HEADER}{"".join(_empty_row(summary) for summary in summaries if summary.empty)}"""


def _texts_row(summary: Summary) -> str:
    low, high = summary.exact_interval
    return _row(
        summary.name,
        f"{summary.exact} of {summary.pictures}, {_percent(summary.exact / summary.pictures)}",
        f"{_percent(low)} to {_percent(high)}",
        f"{_percent(summary.exact_by_source)} ({summary.sources})",
        _percent(summary.digits.accuracy) if summary.digits.written else "",
        f"{summary.median_milliseconds:.0f}",
    )


def _trust_row(name: str, trust: Trust) -> str:
    if not trust.count:
        return ""
    return _row(
        name,
        str(trust.count),
        _percent(trust.read_rate_1_percent),
        _percent(trust.read_rate_1_permille),
        _percent(trust.accepted),
        _percent(trust.wrong_among_accepted, 2),
        f"{trust.area:.4f}",
        _percent(trust.calibration_error, 2),
    )


def _empty_row(summary: Summary) -> str:
    return _row(
        summary.name,
        str(summary.empty),
        f"{summary.answered_empty}, {_percent(summary.answered_empty / summary.empty)}",
        f"{summary.answered_empty_surely}, "
        f"{_percent(summary.answered_empty_surely / summary.empty)}",
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _percent(share: float, decimals: int = 1) -> str:
    return f"{share * 100:.{decimals}f} %"
