"""A counted share, and its confidence interval."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from mlmodel.evaluation.measures import interval


@dataclass(frozen=True)
class Share:
    """A share that was counted.

    Attributes:
        hits: how many of those counted are in the share.
        count: how many were counted.
        value: hits / count, 0..1; 0 where nothing was counted.
        low, high: its exact confidence interval at 95 %, 0..1.
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
        """The share of true answers."""
        counted = list(answers)
        return cls.of(sum(counted), len(counted))
