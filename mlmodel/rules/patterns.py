"""Regular expressions over digits, as automata: no text makes one slow, however it is written.

What an automaton can't hold is refused: back references, looking around, and everything that no
digit can satisfy. `re` would accept it, and may take hours for a single text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mlmodel.rules.automata import DIGITS, Table, TooManyStates, table_of

# A pattern has at most this many characters, nodes while it is compiled, and states.
MOST_CHARACTERS = 200
_MOST_NODES = 1_000
_MOST_STATES = 2_000
_MOST_TIMES = 64
_ALL = frozenset(range(DIGITS))


class PatternWrong(Exception):
    """A pattern can't be used; the message says why, as the end of a sentence."""


@dataclass(frozen=True)
class _Set:
    digits: frozenset[int]


@dataclass(frozen=True)
class _Chain:
    parts: tuple["_Node", ...]


@dataclass(frozen=True)
class _Choice:
    ways: tuple["_Node", ...]


@dataclass(frozen=True)
class _Repeat:
    part: "_Node"
    least: int
    most: int | None


_Node = _Set | _Chain | _Choice | _Repeat


def pattern_table(pattern: str) -> Table:
    """What accepts the texts of digits that a whole pattern matches.

    Digits, ".", "\\d", sets as "[1-5]" and "[^0]", groups, "|", and "*", "+", "?", "{2,5}" are
    known; "^" and "$" may stand at both ends.

    Raises:
        PatternWrong: the pattern is too long, too complicated, or no pattern of digits.
    """
    if len(pattern) > MOST_CHARACTERS:
        raise PatternWrong(f"has more than {MOST_CHARACTERS} characters")
    body = pattern.removeprefix("^")
    body = body.removesuffix("$")
    moves = _Moves()
    start, end = moves.new(), moves.new()
    moves.add(_Parser(body).whole(), start, end)

    seen: dict[frozenset[int], frozenset[int]] = {}  # the states behind a digit, and all from there

    def follow(states: frozenset[int], digit: int) -> frozenset[int] | None:
        behind = frozenset(
            to for state in states for digits, to in moves.by[state] if digit in digits
        )
        if behind not in seen:
            if len(seen) >= _MOST_STATES:
                raise TooManyStates
            seen[behind] = moves.closed(set(behind))
        return seen[behind] or None

    try:
        return table_of([moves.closed({start})], follow, lambda states: end in states)
    except TooManyStates:
        raise PatternWrong("is too complicated") from None


@dataclass
class _Moves:
    """A nondeterministic automaton (Thompson, Regular expression search algorithm, 1968)."""

    by: list[list[tuple[frozenset[int], int]]] = field(default_factory=list)
    free: list[list[int]] = field(default_factory=list)

    def new(self) -> int:
        if len(self.by) >= _MOST_NODES:
            raise PatternWrong("is too complicated")
        self.by.append([])
        self.free.append([])
        return len(self.by) - 1

    def add(self, node: _Node, start: int, end: int) -> None:
        """Lead from start to end by what the node matches."""
        match node:
            case _Set(digits):
                self.by[start].append((digits, end))
            case _Chain(parts):
                for part in parts:
                    behind = self.new()
                    self.add(part, start, behind)
                    start = behind
                self.free[start].append(end)
            case _Choice(ways):
                for way in ways:
                    self.add(way, start, end)
            case _Repeat():
                self._repeat(node, start, end)

    def _repeat(self, node: _Repeat, start: int, end: int) -> None:
        for _ in range(node.least):
            behind = self.new()
            self.add(node.part, start, behind)
            start = behind
        for _ in range((node.most or node.least) - node.least):
            self.free[start].append(end)
            behind = self.new()
            self.add(node.part, start, behind)
            start = behind
        if node.most is None:
            # A state of its own: what leads back must not lead into what was before.
            loop = self.new()
            self.free[start].append(loop)
            behind = self.new()
            self.add(node.part, loop, behind)
            self.free[behind].append(loop)
            start = loop
        self.free[start].append(end)

    def closed(self, states: set[int]) -> frozenset[int]:
        """The states and all that are reached from them without a digit."""
        found, waiting = set(states), list(states)
        while waiting:
            for behind in self.free[waiting.pop()]:
                if behind not in found:
                    found.add(behind)
                    waiting.append(behind)
        return frozenset(found)


class _Parser:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.rest = pattern

    def whole(self) -> _Node:
        node = self._choice()
        if self.rest:
            raise PatternWrong("has a bracket that was not opened")
        return node

    def _choice(self) -> _Node:
        ways = [self._chain()]
        while self._taken("|"):
            ways.append(self._chain())
        return _Choice(tuple(ways))

    def _chain(self) -> _Node:
        parts = []
        while self.rest and self.rest[0] not in "|)":
            parts.append(self._repeated(self._one()))
        return _Chain(tuple(parts))

    def _one(self) -> _Node:
        for start in ("(?:", "("):
            if self._taken(start):
                return self._group()
        return _Set(self._set() if self._taken("[") else self._single())

    def _group(self) -> _Node:
        if self.rest.startswith("?"):
            raise PatternWrong('has a group with "(?", of which only "(?:" is known')
        node = self._choice()
        if not self._taken(")"):
            raise PatternWrong("has a bracket that was not closed")
        return node

    def _single(self) -> frozenset[int]:
        if self._taken("\\d"):
            return _ALL
        character, self.rest = self.rest[0], self.rest[1:]
        if character == ".":
            return _ALL
        if character in "*+?{":
            raise PatternWrong(f'repeats nothing with "{character}"')
        if character not in "0123456789":
            raise PatternWrong(f'has "{character}" where only digits may stand')
        return frozenset({int(character)})

    def _set(self) -> frozenset[int]:
        is_other = self._taken("^")
        digits: set[int] = set()
        while not self._taken("]"):
            if not self.rest or self.rest[0] in "|()^.*+?{}$":
                raise PatternWrong("has a set that holds more than digits")
            first = self._single()
            if not self._taken("-"):
                digits |= first
                continue
            last = self._single() if self.rest else frozenset[int]()
            if len(first) != 1 or len(last) != 1 or min(first) > min(last):
                raise PatternWrong("has a range in a set that is none")
            digits |= set(range(min(first), min(last) + 1))
        if not digits:
            raise PatternWrong("has an empty set")
        return _ALL - digits if is_other else frozenset(digits)

    def _repeated(self, node: _Node) -> _Node:
        times = self._times()
        if times is None:
            return node
        self._taken("?")  # as few as possible: the same texts
        if self.rest and self.rest[0] in "*+?{":
            raise PatternWrong("repeats what is repeated")
        return _Repeat(node, *times)

    def _times(self) -> tuple[int, int | None] | None:
        for sign, times in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._taken(sign):
                return times
        if not self._taken("{"):
            return None
        inside, closing, self.rest = self.rest.partition("}")
        least, comma, most = inside.partition(",")
        if not closing or not _are_numbers(least, most, comma):
            raise PatternWrong("has braces that hold no numbers")
        low = int(least or 0)
        high = (int(most) if most else None) if comma else low
        if max(low, high or 0) > _MOST_TIMES or (high is not None and high < low):
            raise PatternWrong(f"repeats more than {_MOST_TIMES} times, or less than never")
        return low, high

    def _taken(self, beginning: str) -> bool:
        """Whether the rest begins so; what it begins with is taken off."""
        if not self.rest.startswith(beginning):
            return False
        self.rest = self.rest[len(beginning) :]
        return True


def _are_numbers(least: str, most: str, comma: str) -> bool:
    numbers: Sequence[str] = [number for number in (least, most) if number]
    return (
        bool(numbers)
        and (bool(least) or bool(comma))
        and all(number.isascii() and number.isdigit() and len(number) <= 3 for number in numbers)
    )
