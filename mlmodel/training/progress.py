"""A training's progress in the terminal."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


@dataclass(frozen=True)
class Step:
    """Where one part of a training stands."""

    part: str  # what is done: "digits", "pictures of lines", ...
    share_done: float  # 0..1 of this part
    text: str = ""  # losses and shares, for people
    lasting: bool = False  # stands in a log, too: the end of an epoch

    def __str__(self) -> str:
        return f"{self.part} {self.text}".rstrip()


Report = Callable[[Step], None]


def silent(_step: Step) -> None:
    """Report nothing."""


def share_of(part: str, report: Report) -> Callable[[float], None]:
    """A report of the share that is done of a part; its end is lasting."""

    def tell(share: float) -> None:
        report(Step(part, share, f"{share:.0%}", lasting=share >= 1))

    return tell


class Stopwatch:
    """The time that work takes, over all the processes that share a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before_s = float(file.read_text(encoding="ascii")) if file.exists() else 0.0
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        return self._before_s + time.monotonic() - self._started

    def keeping(self, report: Report) -> Report:
        """The report, and after each lasting step the time so far stands in the file.

        What was done after the last one is lost with its process, and its time with it.
        """

        def told(step: Step) -> None:
            if step.lasting:
                partial = self._file.with_suffix(".partial")
                partial.write_text(f"{self.seconds:.1f}", encoding="ascii")
                partial.replace(self._file)
            report(step)

        return told


@contextmanager
def shown_progress(console: Console | None = None) -> Iterator[Report]:
    """A report that shows a bar a part in a terminal, and the lasting lines elsewhere."""
    console = console or Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        yield _plain_lines(console)
        return
    # A short bar, so that the numbers fit into 80 columns.
    columns = (TextColumn("{task.description}"), BarColumn(16), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        loading = bar.add_task("loading", total=None)
        tasks: dict[str, object] = {}

        def report(step: Step) -> None:
            bar.update(loading, visible=False)
            if step.part not in tasks:
                tasks[step.part] = bar.add_task(step.part, total=1.0)
            task = tasks[step.part]
            bar.update(task, completed=step.share_done, description=str(step))  # type: ignore[arg-type]
            if step.lasting:
                bar.console.print(str(step))

        yield report


def _plain_lines(console: Console) -> Report:
    started: dict[str, float] = {}

    def report(step: Step) -> None:
        began = started.setdefault(step.part, time.monotonic())
        if step.lasting:
            spent = time.monotonic() - began
            left = spent / step.share_done - spent
            console.print(f"{step}, {left:.0f} s left" if left else str(step))

    return report
