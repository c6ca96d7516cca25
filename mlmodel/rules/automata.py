"""Deterministic automata over digits: what may follow, and what is complete.

A search that reads digit by digit asks one what may come next, for many texts at once. States are
numbers. An automaton may have several starts, one for each length that a text may have: a check
digit counts from the right, and a search reads from the left. No text is accepted from two starts
that differ only in its length.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

DIGITS = 10
# The state of a text that nothing accepted begins with.
DEAD = -1
# Above this, a search would have to hold too much, and making the automaton takes seconds.
MOST_STATES = 100_000

States = NDArray[np.int_]
_State = TypeVar("_State", bound=Hashable)


class TooManyStates(Exception):
    """The parts of a rule have too many states together."""


class Automaton(Protocol):
    """What accepts some texts of digits. Every state but DEAD leads to an accepted text."""

    @property
    def starts(self) -> tuple[int, ...]:
        """The states before the first digit; none where no text is accepted."""

    def steps(self, states: States) -> States:
        """(n, 10): the state behind each digit, or DEAD.

        Args:
            states: (n,), none of them DEAD.
        """

    def accepting(self, states: States) -> NDArray[np.bool_]:
        """(n,): whether a text that leads to the state is accepted; DEAD is not."""


@dataclass(frozen=True)
class Table:
    """An automaton that holds every step.

    Attributes:
        starts: see Automaton.
        following: (states, 10) int32, the state behind each digit, or DEAD.
        accepted: (states,) bool.
    """

    starts: tuple[int, ...]
    following: NDArray[np.int32]
    accepted: NDArray[np.bool_]

    def steps(self, states: States) -> States:
        return self.following[states].astype(np.int_)

    def accepting(self, states: States) -> NDArray[np.bool_]:
        return np.asarray((states != DEAD) & self.accepted[states])


def step(automaton: Automaton, state: int, digit: int) -> int | None:
    """The state behind one digit; None where nothing accepted goes on so."""
    state = int(automaton.steps(np.array([state]))[0, digit])
    return None if state == DEAD else state


def accepts(automaton: Automaton, text: str) -> bool:
    """Whether a text of digits is accepted."""
    return bool(accepts_rows(automaton, rows_of([text]))[0]) if automaton.starts else False


def rows_of(texts: Sequence[str]) -> NDArray[np.int8]:
    """(n, longest) int8: the digits of each text, filled up with -1."""
    longest = max(map(len, texts), default=0)
    padded = "".join(text.ljust(longest, "/") for text in texts)  # "/" stands before "0"
    codes = np.frombuffer(padded.encode("ascii"), np.uint8).astype(np.int8) - ord("0")
    return np.asarray(codes.reshape(len(texts), longest), np.int8)


def accepts_rows(automaton: Automaton, rows: NDArray[np.int8]) -> NDArray[np.bool_]:
    """(n,): whether each text is accepted.

    Args:
        rows: as rows_of returns them.
    """
    accepted = np.zeros(len(rows), np.bool_)
    for start in automaton.starts:
        states = np.full(len(rows), start)
        for column in rows.T:
            goes_on = np.flatnonzero((column >= 0) & (states != DEAD))
            if goes_on.size:
                states[goes_on] = automaton.steps(states[goes_on])[
                    np.arange(goes_on.size), column[goes_on]
                ]
        accepted |= automaton.accepting(states)
    return accepted


def table_of(
    starts: Iterable[_State],
    follow: Callable[[_State, int], _State | None],
    is_accepted: Callable[[_State], bool],
) -> Table:
    """The table of an automaton that is described by functions of its states.

    Raises:
        TooManyStates: it is too large.
    """
    states = list(dict.fromkeys(starts))
    numbers = {state: number for number, state in enumerate(states)}
    first = tuple(range(len(states)))
    following: list[list[int]] = []
    for state in states:  # grows while it is walked
        row = []
        for digit in range(DIGITS):
            behind = follow(state, digit)
            if behind is not None and behind not in numbers:
                numbers[behind] = len(states)
                states.append(behind)
                _require_room(len(states))
            row.append(DEAD if behind is None else numbers[behind])
        following.append(row)
    accepted = np.array([is_accepted(state) for state in states], np.bool_)
    return pruned(first, np.array(following, np.int32).reshape(-1, DIGITS), accepted)


def product(one: Table, other: Table) -> Table:
    """What accepts the texts that both accept.

    Raises:
        TooManyStates: it is too large.
    """
    wide = len(other.accepted)
    starts = np.array([a * wide + b for a in one.starts for b in other.starts], np.int64)
    known = np.unique(starts)
    newest = known
    while newest.size:
        behind = _pairs_behind(one, other, newest)
        newest = np.setdiff1d(behind[behind != DEAD], known)
        known = np.union1d(known, newest)
        _require_room(known.size)
    behind = _pairs_behind(one, other, known)
    following = np.where(behind == DEAD, DEAD, np.searchsorted(known, behind)).astype(np.int32)
    accepted = one.accepted[known // wide] & other.accepted[known % wide]
    return pruned(tuple(map(int, np.searchsorted(known, starts))), following, accepted)


def _pairs_behind(one: Table, other: Table, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    wide = len(other.accepted)
    left, right = one.following[pairs // wide], other.following[pairs % wide]
    both = left.astype(np.int64) * wide + right
    return np.where((left == DEAD) | (right == DEAD), DEAD, both)


def union(tables: Sequence[Table]) -> Table:
    """What accepts the texts that any of the tables accepts, from the starts of all."""
    starts: list[int] = []
    following, shift = [], 0
    for table in tables:
        starts += [start + shift for start in table.starts]
        following.append(np.where(table.following == DEAD, DEAD, table.following + shift))
        shift += len(table.accepted)
    _require_room(shift)
    accepted = np.concatenate([table.accepted for table in tables])
    return Table(tuple(starts), np.concatenate(following).astype(np.int32), accepted)


def pruned(
    starts: tuple[int, ...], following: NDArray[np.int32], accepted: NDArray[np.bool_]
) -> Table:
    """The table without the states from which nothing accepted can be reached."""
    alive = np.append(accepted, False)  # the last one stands for DEAD
    while True:
        reached = alive[:-1] | alive[following].any(axis=1)
        if (reached == alive[:-1]).all():
            break
        alive[:-1] = reached
    numbers = np.where(alive, np.cumsum(alive) - 1, DEAD).astype(np.int32)
    kept = alive[:-1]
    return Table(
        tuple(int(numbers[start]) for start in starts if alive[start]),
        numbers[following[kept]],
        accepted[kept],
    )


def _require_room(states: int) -> None:
    if states > MOST_STATES:
        raise TooManyStates


def share_accepted(automaton: Automaton, longest: int, usual: int) -> float:
    """The share of texts, 0..1, that are accepted, where every length is as likely as any other.

    Args:
        longest: texts of up to so many digits are counted.
        usual: every length has the share 1 / usual of all texts.
    """
    states = np.array(automaton.starts, np.int_)
    weights: NDArray[np.float64] = np.ones(len(states))
    total = 0.0
    for _ in range(longest):
        if not states.size:
            break
        behind = automaton.steps(states)
        goes_on = behind != DEAD
        every = np.repeat(weights / DIGITS, DIGITS).reshape(-1, DIGITS)[goes_on]
        states, place = np.unique(behind[goes_on], return_inverse=True)
        weights = np.asarray(np.bincount(place, every, minlength=len(states)), np.float64)
        total += float(weights[automaton.accepting(states)].sum())
    return min(total / usual, 1.0)
