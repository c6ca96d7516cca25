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

    part: str  # "digits", "pictures of lines", ...
    share_done: float  # 0..1 of this part
    text: str = ""  # losses and shares, for people
    lasting: bool = False  # belongs in a log as well, like the end of an epoch

    def __str__(self) -> str:
        return f"{self.part} {self.text}".rstrip()


Report = Callable[[Step], None]


def silent(_step: Step) -> None:
    """Report nothing."""


def share_of(part: str, report: Report) -> Callable[[float], None]:
    """A function that reports the share, 0..1, that is done of a part; its end is lasting."""

    def report_share(share: float) -> None:
        report(Step(part, share, f"{share:.0%}", lasting=share >= 1))

    return report_share


class Stopwatch:
    """The time that work takes in this process and in earlier ones that used the same file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before_s = float(file.read_text(encoding="ascii")) if file.exists() else 0.0
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        return self._before_s + time.monotonic() - self._started

    def keeping(self, report: Report) -> Report:
        """A report that also writes the time so far to the file after each lasting step.

        Work after the last lasting step is lost when its process ends, so its time is not counted.
        """

        def store_and_report(step: Step) -> None:
            if step.lasting:
                partial = self._file.with_suffix(".partial")
                partial.write_text(f"{self.seconds:.1f}", encoding="ascii")
                partial.replace(self._file)
            report(step)

        return store_and_report


@contextmanager
def shown_progress(console: Console | None = None) -> Iterator[Report]:
    """A report that shows a bar for each part in a terminal, and only lasting lines elsewhere."""
    console = console or Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        yield _plain_lines(console)
        return
    # The bar is short, so that the numbers fit into 80 columns.
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
