"""Alignment of the digits that were read with those that were written."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """A written and a read digit by their positions; None where one of them is missing."""

    written: int | None
    read: int | None


def align(written: str, read: str) -> list[Pair]:
    """The shortest way from one text to the other (Levenshtein, 1966), in reading order.

    Returns:
        One pair for every digit of either text: equal digits, replaced ones, digits that were
        missed (no `read`), and digits that were invented (no `written`).
    """
    costs = _costs(written, read)
    pairs: list[Pair] = []
    i, j = len(written), len(read)
    while i or j:
        here = costs[i][j]
        if i and j and here == costs[i - 1][j - 1] + (written[i - 1] != read[j - 1]):
            i, j = i - 1, j - 1
            pairs.append(Pair(i, j))
        elif i and here == costs[i - 1][j] + 1:
            i -= 1
            pairs.append(Pair(i, None))
        else:
            j -= 1
            pairs.append(Pair(None, j))
    return pairs[::-1]


def _costs(written: str, read: str) -> list[list[int]]:
    """[i][j]: how many changes lead from the first i digits written to the first j digits read."""
    costs = [list(range(len(read) + 1))]
    for i, digit in enumerate(written, start=1):
        row = [i]
        for j, other in enumerate(read, start=1):
            replaced = costs[i - 1][j - 1] + (digit != other)
            row.append(min(replaced, costs[i - 1][j] + 1, row[j - 1] + 1))
        costs.append(row)
    return costs
