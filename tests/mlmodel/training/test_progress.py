import io
from pathlib import Path

import pytest
from rich.console import Console

from mlmodel.training.progress import Step, Stopwatch, share_of, shown_progress, silent

MIDDLE = Step("digits", 15 / 40, "epoch 2/4 loss 0.2500")
END = Step("digits", 0.5, "epoch 2/4 loss 0.2000 val_accuracy 0.9877", lasting=True)
LAST = Step("lines", 1.0, "epoch 5/5", lasting=True)


def _shown(*steps: Step, terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=120)
    with shown_progress(console) as report:
        for step in steps:
            report(step)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_step_reads_as_a_line() -> None:
    assert str(MIDDLE) == "digits epoch 2/4 loss 0.2500"
    assert str(Step("reading", 0.2)) == "reading"


def test_a_log_gets_a_plain_line_for_what_lasts() -> None:
    lines = _shown(MIDDLE, END, LAST, terminal=False).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(str(END))
    assert lines[0].endswith("s left")
    assert lines[1] == str(LAST)


def test_a_terminal_gets_a_bar_a_part_and_keeps_what_lasts() -> None:
    shown = _shown(MIDDLE, END, LAST, terminal=True)
    assert "━" in shown
    assert str(END) in shown
    assert str(LAST) in shown


def test_the_share_of_a_part_lasts_when_all_is_done() -> None:
    steps: list[Step] = []
    tell = share_of("pictures", steps.append)
    tell(0.25)
    tell(1)
    assert [(str(step), step.lasting) for step in steps] == [
        ("pictures 25%", False),
        ("pictures 100%", True),
    ]
    assert steps[0].share_done == pytest.approx(0.25)


def test_the_time_of_an_earlier_process_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    first = Stopwatch(tmp_path / "seconds").keeping(silent)
    now += 60
    first(END)
    now += 30  # of an epoch that was cut off, and is done again by a process with another clock
    first(MIDDLE)
    now = 5.0
    second = Stopwatch(tmp_path / "seconds")
    now += 20
    assert second.seconds == 80


def test_what_is_timed_is_reported(tmp_path: Path) -> None:
    steps: list[Step] = []
    report = Stopwatch(tmp_path / "seconds").keeping(steps.append)
    report(MIDDLE)
    report(END)
    assert steps == [MIDDLE, END]
