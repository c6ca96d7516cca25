"""The probability of a text, however its digits are spread over the columns of a strip.

Connectionist temporal classification (Graves et al., 2006): a column says one digit or none; the
same digit in columns side by side is one digit.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlmodel.lines.columns import NONE, SEQUENCE
from mlmodel.odds import softmax

# A column is never surer than this that it does not say a class ...
_LEAST_SHARE = 1e-9
# ... so that so many of them stay far above the smallest number.
_RESCALED_AFTER = 16
_LEAST = 1e-300


def column_shares(answer: NDArray[np.float32]) -> NDArray[np.float64]:
    """(columns, 11) in 0..1: what each column says, ten digits or none.

    Args:
        answer: (columns, 26) float32 as the line network gives it.
    """
    return softmax(answer[:, SEQUENCE].astype(np.float64))


def best_path_log(shares: NDArray[np.float64]) -> float:
    """The logarithm of the probability of the likeliest way to say all columns; 0 at the most.

    Args:
        shares: (columns, 11) in 0..1, of column_shares.
    """
    return float(np.log(shares.max(axis=1)).sum())


def text_logs(shares: NDArray[np.float64], texts: Sequence[str]) -> NDArray[np.float64]:
    """(n,): the logarithm of each text's probability.

    All texts are followed at once through the columns, by the forward algorithm: for each text,
    the probability of every state "so many of its digits are said, and the last column said
    none" or "... said the last of them".

    Args:
        shares: (columns, 11) in 0..1, of column_shares.
        texts: of digits; one may be empty.
    """
    states, may_skip, last = _states_of(texts)
    said = np.maximum(shares, _LEAST_SHARE).take(states, axis=1)
    length, count = states.shape
    # Two more states before them, which are never reached; the first column says none or a digit.
    reached = np.zeros((length + 2, count))
    two_before, one_before, now = reached[:-2], reached[1:-1], reached[2:]
    now[:2] = said[0, :2]
    arriving = np.empty((length, count))
    logs = np.zeros(count)
    # One row a state and no new arrays: this loop is a tenth of what reading a line takes.
    for number, of_column in enumerate(said[1:], start=2):
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
    texts: Sequence[str],
) -> tuple[NDArray[np.int_], NDArray[np.float64], NDArray[np.int_]]:
    """The classes of each text's states: none, a digit, none, a digit, ..., none.

    Returns:
        (states, n) classes; whether the none before a digit may be left out, which it may not
        between two that are alike; and the index of each text's last state.
    """
    longest = max(map(len, texts), default=0)
    states = np.full((2 * longest + 1, len(texts)), NONE)
    may_skip = np.zeros(states.shape)
    for number, text in enumerate(texts):
        values = [int(character) for character in text]
        states[1 : 2 * len(values) : 2, number] = values
        may_skip[1 : 2 * len(values) : 2, number] = np.diff(values, prepend=NONE) != 0
    return states, may_skip, np.array([2 * len(text) for text in texts], np.int_)
