"""Pages of rows by key: each starts where the last one ended, instead of skipping rows.

The millionth row is found by the index as fast as the first one, and no row is shown twice or left
out when others come or go between two pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

# Above this, the page says "more than": counting a million rows takes longer than a page.
MOST_COUNTED = 10_000
_PARTED_BY = "~"
# How the value of a column is read from an address.
_PARSED_BY: dict[str, Callable[[str], Any]] = {
    "created": datetime.fromisoformat,
    "confidence": float,
    "position": int,
    "pk": UUID,
}

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Order:
    """How rows are sorted: by the first column, and by the next one where that is the same.

    No two rows may have the same values in all of these columns.
    """

    by: tuple[str, ...]
    is_descending: bool

    def key_of(self, row: Model) -> str:
        """The row's place in this order, as text for an address."""
        return _PARTED_BY.join(_as_text(getattr(row, name)) for name in self.by)

    def values_from(self, key: str) -> list[Any]:
        """The values of the columns that a key holds.

        Raises:
            ValueError, OverflowError: it is no key of this order.
        """
        texts = key.split(_PARTED_BY)
        return [_PARSED_BY[name](text) for name, text in zip(self.by, texts, strict=True)]


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


NEWEST = Order(("created", "pk"), is_descending=True)
OLDEST = Order(("created", "pk"), is_descending=False)
LEAST_SURE = Order(("confidence", "pk"), is_descending=False)
SUREST = Order(("confidence", "pk"), is_descending=True)


@dataclass(frozen=True)
class Cursor:
    """The row that a page comes after, or before."""

    values: list[Any]
    backwards: bool

    @classmethod
    def parse(cls, order: Order, after: str, before: str) -> Self | None:
        """Parse the keys in an address; None for the first page, and for malformed keys."""
        try:
            return cls(order.values_from(before or after), backwards=bool(before))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows in their order.

    Attributes:
        rows: as many as fit on a page.
        before, after: keys for the addresses of the pages around it; empty where there is none.
        count: the number of rows on all pages, at most MOST_COUNTED.
        is_counted: whether count is exact; otherwise there are more.
    """

    rows: list[Row]
    before: str
    after: str
    count: int
    is_counted: bool


def page_of(rows: QuerySet[Row], order: Order, size: int, after: str, before: str) -> Page[Row]:
    """The page after or before a row; the first page where both keys are empty.

    Args:
        after, before: a key of a Page, or any text that a stranger put there.
    """
    count = rows.order_by()[: MOST_COUNTED + 1].count()
    cursor = Cursor.parse(order, after, before)
    backwards = cursor is not None and cursor.backwards
    found = list(_beyond(rows, order, cursor)[: size + 1])
    shown, is_more = found[:size], len(found) > size
    if backwards:
        shown.reverse()
    has_before = is_more if backwards else cursor is not None
    has_after = backwards or is_more
    return Page(
        rows=shown,
        before=order.key_of(shown[0]) if shown and has_before else "",
        after=order.key_of(shown[-1]) if shown and has_after else "",
        count=min(count, MOST_COUNTED),
        is_counted=count <= MOST_COUNTED,
    )


def _beyond(rows: QuerySet[Row], order: Order, cursor: Cursor | None) -> QuerySet[Row]:
    """The rows beyond the cursor, nearest first."""
    is_descending = order.is_descending != (cursor is not None and cursor.backwards)
    sign = "-" if is_descending else ""
    if cursor is not None:
        way = "lt" if is_descending else "gt"
        beyond, same = Q(), Q()
        for name, value in zip(order.by, cursor.values, strict=True):
            beyond |= same & Q(**{f"{name}__{way}": value})
            same &= Q(**{name: value})
        # Redundant beside the next filter, but it lets the index be searched from the value on.
        rows = rows.filter(**{f"{order.by[0]}__{way}e": cursor.values[0]}).filter(beyond)
    return rows.order_by(*(f"{sign}{name}" for name in order.by))
