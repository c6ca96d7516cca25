"""Bars for a batch in a terminal; elsewhere nothing is shown before the end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from recognizer.models import UNSERVED_AFTER, Batch, BatchItem

LOOK_S = 1.0
UNSERVED_S = UNSERVED_AFTER.total_seconds()
NO_WORKER = (
    f"No worker has looked for pictures for {UNSERVED_S:.0f} seconds. Does one run? "
    "`manage.py worker` starts one; the batch waits."
)
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Standing:
    """How far a batch is: pictures and files that are waiting, and those that are done with."""

    done: int
    doubtful: int
    failed: int
    total: int


def standing_of(batch: Batch) -> Standing:
    """How far a batch is now; a file that no worker has opened counts as one picture."""
    counts, unopened = batch.counts(), batch.sources.filter(opened=None).count()
    pictures, waiting = sum(counts.values()), counts[BatchItem.State.WAITING]
    refused = batch.sources.exclude(code="").count()
    return Standing(
        done=pictures - waiting + refused,
        doubtful=counts[BatchItem.State.DOUBTFUL],
        failed=counts[BatchItem.State.FAILED] + counts[BatchItem.State.REFUSED] + refused,
        total=pictures + unopened + refused,
    )


def tracked(things: Sequence[Thing], what: str) -> Iterator[Thing]:
    """The things one by one, with a bar."""
    with _bar() as bar:
        yield from bar.track(things, description=what)


def follow(batch: Batch, tell: Callable[[str], object]) -> Standing:
    """Wait until a batch is finished or cancelled, with a bar.

    Args:
        tell: called with a sentence when no worker seems to run.

    Raises:
        Batch.DoesNotExist: it was deleted meanwhile.
    """
    started, at_first, was_told = monotonic(), standing_of(batch).done, False
    with _bar() as bar:
        task = bar.add_task("reading")
        while True:
            batch.refresh_from_db()
            now = standing_of(batch)
            seconds = monotonic() - started
            rate = (now.done - at_first) / max(seconds, LOOK_S)
            bar.update(task, completed=now.done, total=now.total, description=_said(now, rate))
            if batch.finished or batch.cancelled:
                return now
            if not was_told and seconds > UNSERVED_S and not Batch.objects.served_lately():
                was_told = True
                tell(NO_WORKER)
            sleep(LOOK_S)


def _said(now: Standing, rate: float) -> str:
    return f"reading: {now.doubtful} doubtful, {now.failed} failed, {rate:.1f} a second"


@contextmanager
def _bar() -> Iterator[Progress]:
    # Beside the output, which may go into a file.
    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(16),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        yield bar
