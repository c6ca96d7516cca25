"""Dates as people write them in boxes and between points: their digits, and which day they mean."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product


class Order(StrEnum):
    """What is written first."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


@dataclass(frozen=True)
class Written:
    """One way to write a day.

    Attributes:
        day: that is meant.
        groups: the digits of day, month and year in their order.
    """

    day: date
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Calendar:
    """All days of a range, as one order writes them.

    Attributes:
        year_digits: 4, or 2.
        short: whether days and months below ten are also written with one digit.
        first, last: the range, both included; of years with two digits at most a hundred years.
    """

    order: Order
    year_digits: int
    short: bool
    first: date
    last: date

    def texts(self) -> Iterator[str]:
        """The digits of all days in all ways; some may come twice."""
        numbers = [self._ways(number) for number in range(32)]
        for year in range(self.first.year, self.last.year + 1):
            ends = f"{year:04}"[-self.year_digits :]
            for month in range(1, 13):
                for day in range(1, monthrange(year, month)[1] + 1):
                    if self.first <= date(year, month, day) <= self.last:
                        parts = {"d": numbers[day], "m": numbers[month], "y": (ends,)}
                        yield from map("".join, product(*(parts[one] for one in self.order)))

    def meant(self, digits: str) -> list[Written]:
        """All days of the range that digits can mean; at most one if none is written short."""
        return [one for one in self.meant_at_any_time(digits) if self.first <= one.day <= self.last]

    def meant_at_any_time(self, digits: str) -> list[Written]:
        """All days that digits can mean, in the range or not."""
        short = (2, 1) if self.short else (2,)
        lengths = {"d": short, "m": short, "y": (self.year_digits,)}
        found = []
        for one, two, three in product(*(lengths[part] for part in self.order)):
            if one + two + three != len(digits):
                continue
            groups = digits[:one], digits[one : one + two], digits[one + two :]
            if day := self.day_of(groups):
                found.append(Written(day, groups))
        return found

    def day_of(self, groups: tuple[str, ...]) -> date | None:
        """The day of three numbers in the order, in the range or not; None where there is none."""
        numbers = dict(zip(self.order, groups, strict=True))
        year = int(numbers["y"])
        if len(numbers["y"]) != self.year_digits and len(numbers["y"]) != 4:
            return None
        if len(numbers["y"]) <= 2:
            year = self.first.year + (year - self.first.year) % 100
        if any(number.startswith("0") and len(number) == 1 for number in groups):
            return None
        try:
            return date(year, int(numbers["m"]), int(numbers["d"]))
        except ValueError:
            return None

    def _ways(self, number: int) -> tuple[str, ...]:
        full = f"{number:02}"
        return (full, str(number)) if self.short and number < 10 else (full,)
