"""The likeliest texts of a line that a rule accepts, by everything that was seen there.

Prefixes grow digit by digit, all of one length at once. Each is judged by the probability that the
line's text begins with it, by its places and by the columns of every look; no text that begins so
is likelier than that (the prefix search of Graves et al., 2006, for several sources and under an
automaton). Only prefixes that the automaton leads on are followed, so that a list of 100,000 or a
check digit finds its text, however many others are likelier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from mlmodel.rules.automata import DEAD, DIGITS, Automaton
from mlmodel.texts.fusion import Opinion

Array = NDArray[np.float64]
Indices = NDArray[np.int_]

# Prefixes that are followed: at first few, to learn how likely a text that the rule accepts is, so
# that of the many most can be left out.
_WIDTHS = 32, 256, 2048
# Whole texts come first, up to half of the width; then, of those that leave the automaton in the
# same state, this many: what may come behind them is the same, and the likeliest is hardly lost.
_MOST_OF_STATE = 32
# Texts that are less likely than the likeliest by this, in logits, share nothing with it.
MOST_BELOW = 8.0
# As for the columns of a line, and for the places of a text of the second reader.
_LEAST_SHARE, _LEAST_OF_PLACE = 1e-9, float(np.exp(-8.0))
_LEAST = 1e-300
_NO_DIGIT = -1


class Source(Protocol):
    """What judges prefixes. Arrays hold one column for each prefix."""

    def before(self) -> Array:
        """(k, 1): what is known of the empty prefix."""

    def beginnings(self, known: Array, last: Indices, /) -> Array:
        """(n, 10): the probability that a text begins with a prefix and one digit more.

        Args:
            known: (k, n), as before and grown return it.
            last: (n,) the last digit of each prefix, or -1.
        """

    def grown(self, known: Array, last: Indices, digits: Indices, /) -> Array:
        """(k, n): what is known of each prefix with its digit more."""

    def complete(self, known: Array) -> Array:
        """(n,): the probability that each prefix is the whole text."""


@dataclass(frozen=True)
class Places:
    """The places of a line.

    Attributes:
        shares: (places, 10), the probability of each digit in each place.
        free: (places,), that of none.
    """

    shares: Array
    free: Array

    @classmethod
    def of(cls, opinions: Sequence[Opinion]) -> Self:
        presence = np.array([opinion.presence for opinion in opinions])
        values = np.array([opinion.values for opinion in opinions])
        shares = values * presence[:, np.newaxis]
        return cls(np.maximum(shares, _LEAST_OF_PLACE), np.maximum(1 - presence, _LEAST_OF_PLACE))

    def before(self) -> Array:
        """The first row is the empty prefix's, the others that the last digit stands in a place."""
        return np.append(1.0, np.zeros(len(self.free)))[:, np.newaxis]

    def beginnings(self, known: Array, _: Indices) -> Array:
        return np.asarray(self._arriving(known).T @ self.shares)

    def grown(self, known: Array, _: Indices, digits: Indices) -> Array:
        grown = self._arriving(known) * self.shares[:, digits]
        return np.vstack([np.zeros(grown.shape[1]), grown])

    def complete(self, known: Array) -> Array:
        behind = np.append(np.cumprod(self.free[::-1])[::-1], 1.0)
        return np.asarray(behind @ known)

    def _arriving(self, known: Array) -> Array:
        """(places, n): the probability that all digits stand before a place."""
        arriving = np.empty((len(self.free), known.shape[1]))
        so_far = known[0]
        for place, free in enumerate(self.free):
            arriving[place] = so_far
            so_far = so_far * free + known[place + 1]
        return arriving


@dataclass(frozen=True)
class Columns:
    """The columns of a strip or of a look.

    Attributes:
        shares: (columns, 11), the probability of ten digits and of none.
    """

    shares: Array

    @classmethod
    def of(cls, shares: Array) -> Self:
        return cls(np.maximum(shares, _LEAST_SHARE))

    def before(self) -> Array:
        """The upper half of rows: the last column has the last digit; the lower half: it has none.

        The first row of each half stands for what is before the first column.
        """
        none = np.append(1.0, np.cumprod(self.shares[:, DIGITS]))
        return np.concatenate([np.zeros(len(none)), none])[:, np.newaxis]

    def beginnings(self, known: Array, last: Indices) -> Array:
        with_digit, with_none = self._halves(known)
        begun = np.asarray((with_digit + with_none)[:-1].T @ self.shares[:, :DIGITS])
        # Between two equal digits there is a column with none.
        again = np.flatnonzero(last != _NO_DIGIT)
        own = self.shares[:, last[again]]
        begun[again, last[again]] -= (with_digit[:-1, again] * own).sum(axis=0)
        return np.maximum(begun, 0.0)

    def grown(self, known: Array, last: Indices, digits: Indices) -> Array:
        with_digit, with_none = self._halves(known)
        arriving = with_none + with_digit * (last != digits)
        own, none = self.shares[:, digits], self.shares[:, DIGITS]
        grown = np.zeros_like(known)
        now_digit, now_none = self._halves(grown)
        for column in range(len(none)):
            now_digit[column + 1] = (now_digit[column] + arriving[column]) * own[column]
            now_none[column + 1] = (now_none[column] + now_digit[column]) * none[column]
        return grown

    def complete(self, known: Array) -> Array:
        with_digit, with_none = self._halves(known)
        return np.asarray(with_digit[-1] + with_none[-1])

    def _halves(self, known: Array) -> tuple[Array, Array]:
        rows = len(self.shares) + 1
        return known[:rows], known[rows:]


@dataclass(frozen=True)
class Evidence:
    """All sources of a line, and how much each counts.

    Attributes:
        places: of the line.
        columns: of its strip.
        looks: of the second reader; empty where it was not asked.
        factors: of line_texts.text_features, which this follows.
    """

    places: Places
    columns: Columns
    looks: tuple[Columns, ...]
    factors: Array

    @property
    def sources(self) -> list[Source]:
        return [self.places, self.columns, *self.looks]

    def logits(self, shares: Sequence[Array]) -> Array:
        """The logits of texts from their probabilities by each source."""
        logs = [np.log(np.maximum(share, _LEAST)) for share in shares]
        features = logs[:2]
        if self.looks:
            by_look = np.stack(logs[2:])
            features += [
                by_look.mean(axis=0),
                np.logaddexp.reduce(by_look) - np.log(len(by_look)),
            ]
        total = sum(
            factor * feature for factor, feature in zip(self.factors, features, strict=True)
        )
        # A digit stands in a place, even where places count for little.
        return np.where(shares[0] > 0, total, -np.inf)


@dataclass
class _Prefixes:
    """Prefixes of one length: what each source knows of them, their states and their digits."""

    known: list[Array]
    states: Indices
    digits: NDArray[np.int8]  # (n, length)

    @property
    def last(self) -> Indices:
        if not self.digits.shape[1]:
            return np.full(len(self.digits), _NO_DIGIT)
        return self.digits[:, -1].astype(np.int_)


def likeliest_accepted(
    evidence: Evidence, automaton: Automaton, most: int, least: float = -np.inf
) -> list[str]:
    """The likeliest texts that an automaton accepts, the likeliest first.

    Args:
        most: the largest number of texts to return.
        least: the logit below which a text is of no use.
    """
    found: dict[str, float] = {}
    for width in _WIDTHS:
        search = _Search(evidence, automaton, width, least)
        found |= search.texts()
        least = max(least, max(found.values(), default=-np.inf) - MOST_BELOW)
        if search.is_whole:
            break
    order = sorted(found, key=lambda text: -found[text])
    return [text for text in order[:most] if found[text] >= least]


@dataclass
class _Search:
    """One search.

    Attributes:
        width: prefixes of one length that are followed.
        least: logit of texts to look for.
        is_whole: whether none of them had to be left out.
    """

    evidence: Evidence
    automaton: Automaton
    width: int
    least: float
    is_whole: bool = True

    def texts(self) -> dict[str, float]:
        """Accepted texts with their logits."""
        found: dict[str, float] = {}
        sources = self.evidence.sources
        prefixes = self._before(sources)
        while prefixes.states.size:
            shares = [
                source.beginnings(known, prefixes.last)
                for source, known in zip(sources, prefixes.known, strict=True)
            ]
            states = self.automaton.steps(prefixes.states)
            logits = np.where(states == DEAD, -np.inf, self.evidence.logits(shares))
            prefixes = _grown(sources, prefixes, states, self._chosen(logits, states))
            found |= self._whole(sources, prefixes)
        return found

    def _before(self, sources: Sequence[Source]) -> _Prefixes:
        """The empty prefix, in each of the automaton's starts."""
        starts = np.array(self.automaton.starts, np.int_)
        known = [np.repeat(source.before(), len(starts), axis=1) for source in sources]
        return _Prefixes(known, starts, np.zeros((len(starts), 0), np.int8))

    def _whole(self, sources: Sequence[Source], prefixes: _Prefixes) -> dict[str, float]:
        """The prefixes that are accepted as they are, with their logits."""
        whole = np.flatnonzero(self.automaton.accepting(prefixes.states))
        shares = [
            source.complete(known[:, whole])
            for source, known in zip(sources, prefixes.known, strict=True)
        ]
        return {
            "".join(map(str, digits)): float(logit)
            for digits, logit in zip(
                prefixes.digits[whole], self.evidence.logits(shares), strict=True
            )
            if logit > -np.inf
        }

    def _chosen(self, logits: Array, states: Indices) -> tuple[Indices, Indices]:
        """Which prefixes are followed with which digit.

        Args:
            logits, states: (n, 10), of every prefix with every digit.
        """
        flat = logits.ravel()
        possible = np.flatnonzero((flat > -np.inf) & (flat >= self.least))
        if possible.size > self.width:
            self.is_whole = False
            by_logit = possible[np.argsort(-flat[possible], kind="stable")]
            behind = states.ravel()[by_logit]
            turn = 1 + (_rank_in_state(behind) >= _MOST_OF_STATE)
            turn[np.flatnonzero(self.automaton.accepting(behind))[: self.width // 2]] = 0
            possible = by_logit[np.argsort(turn, kind="stable")[: self.width]]
        return np.divmod(possible, DIGITS)


def _grown(
    sources: Sequence[Source],
    prefixes: _Prefixes,
    states: Indices,
    chosen: tuple[Indices, Indices],
) -> _Prefixes:
    """The chosen prefixes, each with its digit more."""
    parents, digits = chosen
    last = prefixes.last[parents]
    return _Prefixes(
        [
            source.grown(known[:, parents], last, digits)
            for source, known in zip(sources, prefixes.known, strict=True)
        ],
        states[parents, digits],
        np.column_stack([prefixes.digits[parents], digits.astype(np.int8)]),
    )


def _rank_in_state(states: Indices) -> Indices:
    """(n,): how many before each have the same state."""
    order = np.argsort(states, kind="stable")
    ordered = states[order]
    firsts = np.append(0, np.flatnonzero(ordered[1:] != ordered[:-1]) + 1)
    ranks = np.arange(len(states)) - np.repeat(firsts, np.diff(np.append(firsts, len(states))))
    result = np.empty(len(states), np.int_)
    result[order] = ranks
    return result
