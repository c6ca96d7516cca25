"""What the digits of a text mean under a rule, by the signs that the second reader sees."""

from collections.abc import Sequence
from math import exp

import numpy as np
from numpy.typing import NDArray

from mlmodel.lines.ctc import sequence_logs, text_logs
from mlmodel.rules.field_rule import FieldRule
from mlmodel.rules.ways import Way, signs_of, ways
from mlmodel.second.alphabet import CHARACTERS, DIGITS
from mlmodel.second.second_reader import SecondLine


def meaning_of(
    rule: FieldRule, digits: str, answers: Sequence[SecondLine]
) -> tuple[Way, float | None] | None:
    """The likeliest meaning of a text and its probability, 0..1, if the digits are right.

    Of a number, it is the share of the ways to write these digits with the signs of the rule: a
    sign that a rule demands must be seen. Of a date, it is the share among the dates that the
    digits can mean: nobody has to write signs.

    Args:
        digits: that the rule's automaton accepts.
        answers: the second reader's for the line; empty where it was not asked.

    Returns:
        None where the digits mean nothing under the rule; the probability is None where signs
        decide and nobody looked for them.
    """
    found = ways(rule, digits)
    if not found:
        return None
    if rule.date and len(found) == 1:
        return found[0], 1.0
    if not answers:
        return found[0], None
    # As written does: by the look along the line.
    logs = _logs(found, signs_of(rule), answers[0].shares)
    whole = np.logaddexp.reduce(logs) if rule.date else text_logs(answers[0].digits, [digits])[0]
    likeliest = int(logs.argmax())
    return found[likeliest], min(exp(float(logs[likeliest] - whole)), 1.0)


def _logs(
    found: Sequence[Way], signs: dict[str, str], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(ways,): the log-probability of each way, however it is written."""
    known = DIGITS + "".join(signs)
    written = [*DIGITS, *signs.values()]
    columns = np.column_stack([shares[:, [*map(CHARACTERS.index, one)]].sum(1) for one in written])
    none = np.maximum(1 - columns.sum(axis=1), 0.0)
    all_columns = np.column_stack([columns, none])
    forms = [[known.index(sign) for sign in form] for way in found for form in way.forms]
    of_forms = iter(sequence_logs(all_columns, forms))
    return np.array([np.logaddexp.reduce([next(of_forms) for _ in way.forms]) for way in found])
