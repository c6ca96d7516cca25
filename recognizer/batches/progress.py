"""How far batches are: counted from their rows whenever somebody asks, and kept nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone

from recognizer.models import Batch, BatchItem, Prediction

# The speed is that of the last so many seconds: a worker that joins in or leaves shows soon.
_OF_LATE = timedelta(seconds=30)
# Workers look at every unfinished batch several times a minute, if there are any.
_SEEMS_STUCK_AFTER = timedelta(seconds=60)
_DONE = set(BatchItem.State) - {BatchItem.State.WAITING}


@dataclass(frozen=True)
class Progress:
    """How far a batch is.

    Attributes:
        counts: the number of pictures in each of BatchItem.State.
        unopened: files whose pictures are not all known yet.
        a_second: pictures that were read in a second, of late.
    """

    batch: Batch
    counts: Mapping[str, int]
    unopened: int = 0
    a_second: float = 0.0

    @property
    def total(self) -> int:
        """The pictures that are known; a file that is not open yet holds one at least."""
        return sum(self.counts.values()) + self.unopened

    @property
    def done(self) -> int:
        return sum(self.counts[state] for state in _DONE)

    @property
    def read(self) -> int:
        return self.counts[BatchItem.State.READ]

    @property
    def doubtful(self) -> int:
        return self.counts[BatchItem.State.DOUBTFUL]

    @property
    def no_digits(self) -> int:
        return self.counts[BatchItem.State.NO_DIGITS]

    @property
    def identical(self) -> int:
        return self.counts[BatchItem.State.IDENTICAL]

    @property
    def not_read(self) -> int:
        """The pictures of which nothing can be said: refused, or failed."""
        return self.counts[BatchItem.State.REFUSED] + self.failed

    @property
    def failed(self) -> int:
        return self.counts[BatchItem.State.FAILED]

    @property
    def share(self) -> float:
        """The part that is done, 0 to 1."""
        return self.done / self.total if self.total else 0.0

    @property
    def is_over(self) -> bool:
        return bool(self.batch.finished or self.batch.cancelled)

    @property
    def is_busy(self) -> bool:
        """Whether there is something for workers to do."""
        return not self.is_over and bool(self.counts[BatchItem.State.WAITING] or self.unopened)

    @property
    def stage(self) -> str:
        """Where the batch is on its way: cancelled, finished, open, waiting or reading."""
        if self.is_over:
            return "cancelled" if self.batch.cancelled else "finished"
        if not self.is_busy and not self.batch.closed:
            return "open"
        return "reading" if self.done else "waiting"

    @property
    def seconds_left(self) -> int | None:
        """Until all pictures are read; None while that can't be known."""
        if not self.is_busy or not self.a_second or self.unopened:
            return None
        return round(self.counts[BatchItem.State.WAITING] / self.a_second)

    @property
    def seems_stuck(self) -> bool:
        """Whether there is something to do, and no worker has looked at it for a while."""
        looked_at = max(filter(None, (self.batch.served, self.batch.created)))
        return self.is_busy and looked_at < timezone.now() - _SEEMS_STUCK_AFTER


def progress_of(batch: Batch) -> Progress:
    """How far a batch is; it must come from `with_unopened`."""
    unopened: int = getattr(batch, "unopened")  # noqa: B009 - annotated, so unknown to mypy
    counts = batch.counts()
    if not unopened and not counts[BatchItem.State.WAITING]:
        return Progress(batch, counts)
    return Progress(batch, counts, unopened, _a_second(batch))


def progress_of_each(batches: Iterable[Batch]) -> list[Progress]:
    """How far each of some batches is, in one query; they must come from `with_unopened`."""
    batches = list(batches)
    counts: dict[object, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(BatchItem.State.values, 0)
    )
    rows = BatchItem.objects.filter(batch__in=batches).order_by().values_list("batch", "state")
    for batch, state, count in rows.annotate(Count("pk")):
        counts[batch][state] = count
    return [Progress(batch, counts[batch.pk], getattr(batch, "unopened")) for batch in batches]  # noqa: B009


def _a_second(batch: Batch) -> float:
    """By the index of predictions' states and times, so that only the latest ones are looked at."""
    now = timezone.now()
    lately = Prediction.objects.filter(
        state__in=Prediction.State.values,
        created__gt=now - _OF_LATE,
        upload__batch_item__batch=batch,
    ).aggregate(count=Count("pk"), first=Min("created"))
    if not lately["count"]:
        return 0.0
    seconds = (now - lately["first"]).total_seconds()
    return float(lately["count"] / max(seconds, 1.0))
