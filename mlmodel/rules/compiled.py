"""A rule as an automaton over digits, which a search follows."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache, reduce

import numpy as np

from mlmodel.rules.automata import (
    Automaton,
    Table,
    TooManyStates,
    accepts_rows,
    product,
    rows_of,
    union,
)
from mlmodel.rules.check_digits import check_table
from mlmodel.rules.dates import Calendar
from mlmodel.rules.field_rule import (
    DateForm,
    FieldRule,
    Kind,
    Length,
    NumberForm,
    RuleWrong,
)
from mlmodel.rules.lengths import length_table, range_table
from mlmodel.rules.patterns import pattern_table
from mlmodel.rules.trie import trie_of

# Batches that are read at the same time; a rule with a long list takes some megabytes.
_KEPT = 8


@lru_cache(maxsize=_KEPT)
def automaton_of(rule: FieldRule) -> Automaton:
    """What accepts the digits of every text that satisfies a rule.

    Of a number, it accepts the digits if there is a place for the decimal sign with which the rule
    is satisfied.

    Raises:
        RuleWrong: no text satisfies it, or its parts are too complicated together.
    """
    try:
        automaton = _automaton_of(rule)
    except TooManyStates:
        raise RuleWrong("", "The parts of the rule are too complicated together.") from None
    if not automaton.starts:
        raise RuleWrong("", "No text satisfies the rule: its parts contradict each other.")
    return automaton


def _automaton_of(rule: FieldRule) -> Automaton:
    if rule.date:
        return trie_of(calendar_of(rule.date).texts())
    if rule.kind is Kind.NUMBER:
        return _number_table(rule)
    parts = list(_parts(rule))
    if rule.values is None:
        return reduce(product, parts)
    # A list is much smaller than its product with the other parts.
    rows = rows_of(rule.values)
    is_right = np.logical_and.reduce([accepts_rows(part, rows) for part in parts])
    return trie_of([rule.values[i] for i in np.flatnonzero(is_right)])


def _parts(rule: FieldRule) -> list[Table]:
    length = rule.length or Length()
    parts = [length_table(length.least, length.most)]
    if rule.check:
        exact = length.least if length.least == length.most else None
        parts.append(check_table(rule.check, rule.country, exact))
    if rule.range:
        parts.append(_range_table(rule, 0))
    if rule.pattern is not None:
        parts.append(pattern_table(rule.pattern))
    return parts


def _range_table(rule: FieldRule, decimals: int) -> Table:
    """What accepts the digits of a number of the range that has so many decimals."""
    least, most = rule.range.limits if rule.range else (None, None)
    scale = Decimal(10) ** decimals
    low = None if least is None else int((least * scale).to_integral_value(ROUND_CEILING))
    high = None if most is None else int((most * scale).to_integral_value(ROUND_FLOOR))
    return range_table(low, high)


def _number_table(rule: FieldRule) -> Table:
    form, length = rule.number or NumberForm(), rule.length or Length()
    # A digit stands before the decimal sign.
    tables = [
        product(
            length_table(max(length.least, decimals + 1), length.most),
            _range_table(rule, decimals),
        )
        for decimals in range(form.least_decimals, form.most_decimals + 1)
        if decimals < length.most
    ]
    if not tables:
        raise RuleWrong("length", 'The part "length" of the rule has no room for the decimals.')
    if rule.range is None:  # then what has more decimals is a part of what has less
        return tables[0]
    return union(tables)


def calendar_of(form: DateForm) -> Calendar:
    """All dates that are possible."""
    return Calendar(form.order, form.year_digits, form.short, *form.limits)
