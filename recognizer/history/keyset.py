"""Pages of uploads by key: each starts where the last one ended, instead of skipping rows.

The millionth upload is found by the index as fast as the first one, and no upload is shown twice
or left out when others come or go between two pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from django.db.models import Q, QuerySet

from recognizer.models import Upload

# Above this, the page says "more than": counting a million rows takes longer than a page.
MOST_COUNTED = 10_000
_PARTED_BY = "~"


@dataclass(frozen=True)
class Order:
    """How uploads are sorted: by one value, and by their id where the value is the same."""

    by: str
    is_descending: bool

    def value_of(self, upload: Upload) -> str:
        value = getattr(upload, self.by)
        return value.isoformat() if isinstance(value, datetime) else repr(value)

    def value_from(self, text: str) -> datetime | float:
        return datetime.fromisoformat(text) if self.by == "created" else float(text)


NEWEST, OLDEST = Order("created", is_descending=True), Order("created", is_descending=False)
LEAST_SURE, SUREST = (
    Order("confidence", is_descending=False),
    Order("confidence", is_descending=True),
)


@dataclass(frozen=True)
class Cursor:
    """The upload that a page comes after, or before."""

    value: datetime | float
    pk: UUID
    backwards: bool

    @classmethod
    def parse(cls, order: Order, after: str, before: str) -> Self | None:
        """Parse the keys in an address; None for the first page, and for malformed keys."""
        value, _, pk = (before or after).partition(_PARTED_BY)
        try:
            return cls(order.value_from(value), UUID(pk), backwards=bool(before))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True)
class Page:
    """Some uploads in their order.

    Attributes:
        uploads: as many as fit on a page.
        before, after: keys for the addresses of the pages around it; empty where there is none.
        count: the number of uploads on all pages, at most MOST_COUNTED.
        is_counted: whether count is exact; otherwise there are more.
    """

    uploads: list[Upload]
    before: str
    after: str
    count: int
    is_counted: bool


def page_of(uploads: QuerySet[Upload], order: Order, size: int, after: str, before: str) -> Page:
    """The page after or before an upload; the first page where both keys are empty.

    Args:
        after, before: a key of a Page, or any text that a stranger put there.
    """
    count = uploads.order_by()[: MOST_COUNTED + 1].count()
    cursor = Cursor.parse(order, after, before)
    backwards = cursor is not None and cursor.backwards
    found = list(_beyond(uploads, order, cursor)[: size + 1])
    shown, is_more = found[:size], len(found) > size
    if backwards:
        shown.reverse()
    has_before = is_more if backwards else cursor is not None
    has_after = backwards or is_more
    return Page(
        uploads=shown,
        before=_key(order, shown[0]) if shown and has_before else "",
        after=_key(order, shown[-1]) if shown and has_after else "",
        count=min(count, MOST_COUNTED),
        is_counted=count <= MOST_COUNTED,
    )


def _beyond(uploads: QuerySet[Upload], order: Order, cursor: Cursor | None) -> QuerySet[Upload]:
    """The uploads beyond the cursor, nearest first."""
    is_descending = order.is_descending != (cursor is not None and cursor.backwards)
    sign = "-" if is_descending else ""
    if cursor is not None:
        way = "lt" if is_descending else "gt"
        same = Q(**{order.by: cursor.value, f"pk__{way}": cursor.pk})
        # Redundant beside the next filter, but it lets the index be searched from the value on.
        uploads = uploads.filter(**{f"{order.by}__{way}e": cursor.value})
        uploads = uploads.filter(Q(**{f"{order.by}__{way}": cursor.value}) | same)
    return uploads.order_by(f"{sign}{order.by}", f"{sign}pk")


def _key(order: Order, upload: Upload) -> str:
    return f"{order.value_of(upload)}{_PARTED_BY}{upload.pk}"
