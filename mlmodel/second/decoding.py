"""What the second reader's columns say: the likeliest digits, where they stand, and their signs.

Connectionist temporal classification (Graves et al., 2006): the same character in adjacent columns
is one character, and columns without any part two that are equal.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmodel.second.alphabet import CHARACTERS, DIGITS, OTHER, SIGNS

# A character that is less likely than this in a column does not begin there.
_LEAST_SHARE = 1e-3
# Texts that are followed from column to column.
_BEAM = 12
# A text that is this much less likely than the likeliest is left out.
_LEAST_OF_BEST = 1e-4
_LEAST = 1e-12
_OTHER = CHARACTERS.index(OTHER)
_SIGNS = [CHARACTERS.index(sign) for sign in SIGNS]


def digit_columns(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """(columns, 11) in 0..1: ten digits, and none, to which signs and letters are added."""
    return np.column_stack([shares[:, : len(DIGITS)], shares[:, len(DIGITS) :].sum(axis=1)])


def likely_digits(columns: NDArray[np.float64], most: int) -> list[str]:
    """The likeliest texts of digits, the likeliest first, by a beam search over prefixes.

    Texts that hardly have a chance are left out: placing their digits takes time.

    Args:
        columns: (columns, 11) in 0..1, as digit_columns returns them.
        most: the largest number of texts to return.
    """
    none = len(DIGITS)
    # For each text the probability that the last column has its last digit, and that it has none.
    beam: dict[str, tuple[float, float]] = {"": (0.0, 1.0)}
    for column in columns:
        likely = [value for value in range(none) if column[value] >= _LEAST_SHARE]
        beam = _best(_grown(beam, column, likely)) if likely else _ended(beam)
    least = _LEAST_OF_BEST * max(map(sum, beam.values()))
    likely_texts = [text for text, shares in beam.items() if sum(shares) >= least]
    return sorted(likely_texts, key=lambda text: -sum(beam[text]))[:most]


def _grown(
    beam: dict[str, tuple[float, float]], column: NDArray[np.float64], likely: list[int]
) -> dict[str, list[float]]:
    """Every text of the beam as it is, and with one of the likely digits more."""
    none = float(column[len(DIGITS)])
    grown: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for text, (with_last, with_none) in beam.items():
        total = with_last + with_none
        same = grown[text]
        same[1] += total * none
        if text:
            same[0] += with_last * float(column[int(text[-1])])
        for value in likely:
            is_same = bool(text) and int(text[-1]) == value
            grown[text + DIGITS[value]][0] += (with_none if is_same else total) * float(
                column[value]
            )
    return grown


def _ended(beam: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """The beam after a column that has no digit: most columns are such, and this is quick."""
    return {text: (0.0, sum(shares)) for text, shares in beam.items()}


def _best(grown: dict[str, list[float]]) -> dict[str, tuple[float, float]]:
    """The likeliest texts of a column, scaled so that the numbers don't vanish."""
    order = sorted(grown, key=lambda text: -sum(grown[text]))[:_BEAM]
    scale = max(sum(grown[order[0]]), _LEAST)
    return {text: (grown[text][0] / scale, grown[text][1] / scale) for text in order}


@dataclass(frozen=True)
class Placed:
    """Characters and the column of each, and the log-probability of this way."""

    characters: str
    columns: tuple[int, ...]
    log: float


def placed(shares: NDArray[np.float64], text: str, signs: bool = False) -> Placed:
    """The likeliest way through the columns that holds these digits and no others.

    Args:
        shares: (columns, 22) in 0..1.
        text: digits, may be empty.
        signs: whether signs may stand between, before and after them.
    """
    logs = np.log(np.maximum(shares, _LEAST))
    if not signs:
        # Signs and letters count as no digit.
        rest = np.log(np.maximum(shares[:, len(DIGITS) :].sum(axis=1), _LEAST))
        logs = np.column_stack([logs[:, : len(DIGITS)], rest])
    return _way(logs, text, _SIGNS if signs else [])


def _way(logs: NDArray[np.float64], text: str, signs: Sequence[int]) -> Placed:
    """Viterbi's algorithm over states (digits seen, class of the last column)."""
    none = logs.shape[1] - 1
    states = _states_of(text, signs, none)
    before = _before(states)
    classes = np.array([label for _, label in states])
    may_begin = [seen == 0 or (seen == 1 and label < len(DIGITS)) for seen, label in states]
    score = np.where(may_begin, logs[0, classes], -np.inf)
    back = np.zeros((len(logs), len(states)), np.int_)
    for column in range(1, len(logs)):
        arriving = score[before]
        best = arriving.argmax(axis=1)
        back[column] = before[np.arange(len(states)), best]
        score = arriving[np.arange(len(states)), best] + logs[column, classes]
    ends = [i for i, (seen, _) in enumerate(states) if seen == len(text)]
    last = max(ends, key=lambda i: score[i])
    return _read_back(states, back, last, float(score[last]), none)


def _states_of(text: str, signs: Sequence[int], none: int) -> list[tuple[int, int]]:
    """Every state: how many digits were seen, and the class of the column."""
    states = [(0, none), *((0, sign) for sign in signs)]
    for seen, digit in enumerate(text, start=1):
        states += [(seen, int(digit)), (seen, none), *((seen, sign) for sign in signs)]
    return states


def _before(states: list[tuple[int, int]]) -> NDArray[np.int_]:
    """(states, n): the states from which each may be reached; filled up with the first of them."""
    seen, labels = np.array(states).T[:, :, np.newaxis]
    is_digit, goes_on = labels < len(DIGITS), labels == labels.T
    within = (seen == seen.T) & (~is_digit | goes_on)
    from_last = is_digit & (seen - 1 == seen.T) & ~goes_on
    may_precede = within | from_last
    counts = may_precede.sum(axis=1, keepdims=True)
    first = np.argsort(~may_precede, axis=1, kind="stable")[:, : int(counts.max())]
    return np.where(np.arange(first.shape[1]) < counts, first, first[:, :1])


def _read_back(
    states: list[tuple[int, int]], back: NDArray[np.int_], last: int, log_: float, none: int
) -> Placed:
    path = [last]
    for column in range(len(back) - 1, 0, -1):
        path.append(int(back[column, path[-1]]))
    path.reverse()
    characters, columns, run = "", [], 0
    for column, state in enumerate(path):
        seen, label = states[state]
        begins = column == 0 or states[path[column - 1]][1] != label
        begins = begins or states[path[column - 1]][0] != seen
        if label == none:
            continue
        if begins:
            characters += CHARACTERS[label]
            columns.append(column)
            run = column
        else:
            columns[-1] = (run + column) // 2
    return Placed(characters, tuple(columns), log_)
