"""A share that was counted, and how sure it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from mlmodel.evaluation.measures import interval


@dataclass(frozen=True)
class Share:
    """How many of how many.

    Attributes:
        hits: how many.
        count: of how many.
        value: hits / count, 0..1; 0 where nothing was counted.
        low, high: its exact interval at 95 %, 0..1.
    """

    hits: int
    count: int
    value: float
    low: float
    high: float

    @classmethod
    def of(cls, hits: int, count: int) -> Self:
        return cls(hits, count, hits / max(count, 1), *interval(hits, count))

    @classmethod
    def of_true(cls, answers: Iterable[bool]) -> Self:
        """The share of those that are true."""
        counted = list(answers)
        return cls.of(sum(counted), len(counted))
