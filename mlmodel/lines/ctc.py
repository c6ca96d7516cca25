"""The probability of a text, however its digits are spread over the columns of a strip.

Connectionist temporal classification (Graves et al., 2006): a column is labelled with one digit or
with none; the same digit in adjacent columns is one digit.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlmodel.lines.columns import SEQUENCE
from mlmodel.odds import softmax

# Least probability of a class in a column ...
_LEAST_SHARE = 1e-9
# ... so that the product over this many columns stays far above the smallest number.
_RESCALED_AFTER = 16
# Stands for the probability of a text that does not fit into the columns.
_LEAST = 1e-300


def column_shares(answer: NDArray[np.float32]) -> NDArray[np.float64]:
    """(columns, 11) float64 in 0..1: each column's probabilities of ten digits and of none.

    Args:
        answer: (columns, 26) float32 as the line network returns it.
    """
    return softmax(answer[:, SEQUENCE].astype(np.float64))


def best_path_log(shares: NDArray[np.float64]) -> float:
    """The log-probability of the likeliest path through all columns, at most 0.

    Args:
        shares: (columns, 11) in 0..1, as column_shares returns them.
    """
    return float(np.log(shares.max(axis=1)).sum())


def text_logs(shares: NDArray[np.float64], texts: Sequence[str]) -> NDArray[np.float64]:
    """(n,) float64: the log-probability of each text.

    Args:
        shares: (columns, 11) in 0..1, as column_shares returns them.
        texts: strings of digits; a text may be empty.
    """
    return sequence_logs(shares, [[int(character) for character in text] for text in texts])


def sequence_logs(
    shares: NDArray[np.float64], sequences: Sequence[Sequence[int]]
) -> NDArray[np.float64]:
    """(n,) float64: the log-probability of each sequence of classes.

    The forward algorithm follows all texts through the columns at once. For each text it holds the
    probability of every state: the first k digits have been seen, and the last column is labelled
    with none, or with the k-th digit.

    Args:
        shares: (columns, classes) in 0..1; the last class is none.
        sequences: of classes other than the last; one may be empty.
    """
    states, may_skip, last = _states_of(sequences, shares.shape[1] - 1)
    emissions = np.maximum(shares, _LEAST_SHARE).take(states, axis=1)
    length, count = states.shape
    # Two more states stand before them and are never reached. The first column is labelled with
    # none or with the first digit.
    reached = np.zeros((length + 2, count))
    two_before, one_before, now = reached[:-2], reached[1:-1], reached[2:]
    now[:2] = emissions[0, :2]
    arriving = np.empty((length, count))
    logs = np.zeros(count)
    # One row per state and no new arrays: this loop takes a tenth of the time of reading a line.
    for number, of_column in enumerate(emissions[1:], start=2):
        np.multiply(may_skip, two_before, out=arriving)
        arriving += one_before
        now += arriving
        now *= of_column
        if number % _RESCALED_AFTER == 0:
            scale = now.max(axis=0)
            logs += np.log(scale)
            reached /= scale
    columns = np.arange(count)
    ends = now[last, columns] + np.where(last > 0, now[last - 1, columns], 0)
    return np.asarray(logs + np.log(np.maximum(ends, _LEAST)))


def _states_of(
    sequences: Sequence[Sequence[int]], none: int
) -> tuple[NDArray[np.int_], NDArray[np.float64], NDArray[np.int_]]:
    """The classes of each sequence's states: none, a class, none, a class, ..., none.

    Returns:
        (states, n) classes; (states, n) 0 or 1: whether the none before a class may be left out,
        which it may not between two equal ones; and (n,) the index of each one's last state.
    """
    longest = max(map(len, sequences), default=0)
    states = np.full((2 * longest + 1, len(sequences)), none)
    may_skip = np.zeros(states.shape)
    for number, values in enumerate(sequences):
        states[1 : 2 * len(values) : 2, number] = values
        may_skip[1 : 2 * len(values) : 2, number] = np.diff(values, prepend=none) != 0
    return states, may_skip, np.array([2 * len(values) for values in sequences], np.int_)
