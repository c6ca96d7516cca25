"""A list of texts as an automaton: small enough for 100,000 of them, and made in a moment."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlmodel.rules.automata import DEAD, DIGITS, States, rows_of

# How many of the ten lowest bits of a number are set.
_BITS = np.array([number.bit_count() for number in range(1 << DIGITS)], np.int8)
# Of each digit: its own bit, and all bits below it.
_OWN = 1 << np.arange(DIGITS)
_BELOW = _OWN - 1


@dataclass(frozen=True)
class Trie:
    """An automaton whose states are the beginnings of texts.

    Those of one length stand together, in order, so that the states behind one are neighbours: a
    state needs seven bytes.

    Attributes:
        starts: see Automaton.
        first: (states,) int32, the first state behind each.
        digits: (states,) uint16, a bit for each digit that may follow.
        accepted: (states,) bool.
    """

    starts: tuple[int, ...]
    first: NDArray[np.int32]
    digits: NDArray[np.uint16]
    accepted: NDArray[np.bool_]

    def steps(self, states: States) -> States:
        digits = self.digits[states].astype(np.int_)[:, np.newaxis]
        behind = self.first[states][:, np.newaxis] + _BITS[digits & _BELOW]
        return np.where(digits & _OWN, behind, DEAD).astype(np.int_)

    def accepting(self, states: States) -> NDArray[np.bool_]:
        return np.asarray((states != DEAD) & self.accepted[states])


def trie_of(texts: Iterable[str]) -> Trie:
    """What accepts these texts of digits and no others.

    Args:
        texts: none of them empty.
    """
    rows = rows_of(sorted(set(texts)))
    count, longest = rows.shape
    if not count:
        none = np.zeros(0, np.int32)
        return Trie((), none, none.astype(np.uint16), none.astype(np.bool_))
    firsts, digits, accepted = [], [], []
    behind = 1  # the number of the first state of the next length
    groups = np.zeros(count, np.int32)  # of each text, its state among those of this length
    for depth in range(longest + 1):
        size = int(groups.max(initial=-1)) + 1
        column = rows[:, depth] if depth < longest else np.full(len(rows), -1, np.int8)
        ends = column < 0
        accepted.append(np.isin(np.arange(size), groups[ends]))
        rows, groups, column = rows[~ends], groups[~ends], column[~ends]
        # Texts are sorted: those that go on in the same way stand together.
        is_new = np.ones(len(rows), np.bool_)
        is_new[1:] = (groups[1:] != groups[:-1]) | (column[1:] != column[:-1])
        masks = np.zeros(size, np.uint16)
        np.bitwise_or.at(masks, groups[is_new], (1 << column[is_new].astype(np.int32)))
        counts = np.bincount(groups[is_new], minlength=size)
        firsts.append(behind + np.cumsum(counts) - counts)
        digits.append(masks)
        behind += int(counts.sum())
        groups = np.cumsum(is_new, dtype=np.int32) - 1
    return Trie(
        (0,),
        np.concatenate(firsts).astype(np.int32),
        np.concatenate(digits),
        np.concatenate(accepted),
    )
