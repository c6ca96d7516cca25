"""A training's progress in the terminal."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


@dataclass(frozen=True)
class Step:
    """Where a training stands after one step.

    `loss` and `accuracy` (0..1) are the epoch's means so far on augmented samples;
    `validation_accuracy` (0..1) is given with the last step of an epoch only.
    """

    epoch: int  # 1..epochs
    epochs: int
    step: int  # 1..steps within the epoch
    steps: int
    loss: float
    accuracy: float
    validation_accuracy: float | None = None

    @property
    def share_done(self) -> float:
        """0..1 of the whole training."""
        return ((self.epoch - 1) * self.steps + self.step) / (self.epochs * self.steps)

    def __str__(self) -> str:
        text = (
            f"epoch {self.epoch}/{self.epochs} step {self.step}/{self.steps} "
            f"loss {self.loss:.4f} accuracy {self.accuracy:.2%}"
        )
        if self.validation_accuracy is None:
            return text
        return f"{text} validation {self.validation_accuracy:.2%}"


Report = Callable[[Step], None]


def silent(_step: Step) -> None:
    """Report nothing."""


@contextmanager
def shown_progress(console: Console | None = None) -> Iterator[Report]:
    """A report that shows a bar in a terminal, and one plain line an epoch elsewhere."""
    console = console or Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        yield _plain_lines(console)
        return
    # A short bar, so that the numbers fit into 80 columns.
    columns = (TextColumn("{task.description}"), BarColumn(16), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("loading", total=1.0)

        def report(step: Step) -> None:
            bar.update(task, completed=step.share_done, description=str(step))
            if step.validation_accuracy is not None:
                bar.console.print(str(step))

        yield report


def _plain_lines(console: Console) -> Report:
    started = time.monotonic()

    def report(step: Step) -> None:
        if step.validation_accuracy is not None:
            spent = time.monotonic() - started
            left = spent / step.share_done - spent
            console.print(f"{step}, {left:.0f} s left")

    return report
