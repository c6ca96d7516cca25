import io

import pytest
from rich.console import Console

from mlmodel.training.progress import Step, shown_progress

MIDDLE = Step(epoch=2, epochs=4, step=5, steps=10, loss=0.25, accuracy=0.9)
END = Step(2, 4, 10, 10, loss=0.2, accuracy=0.91, validation_accuracy=0.98765)


def _shown(*steps: Step, terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=120)
    with shown_progress(console) as report:
        for step in steps:
            report(step)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_step_knows_the_share_of_the_whole() -> None:
    assert MIDDLE.share_done == pytest.approx(15 / 40)


def test_a_step_reads_as_a_line() -> None:
    assert str(MIDDLE) == "epoch 2/4 step 5/10 loss 0.2500 accuracy 90.00%"
    assert str(END).endswith("accuracy 91.00% validation 98.77%")


def test_a_log_gets_one_plain_line_an_epoch() -> None:
    lines = _shown(MIDDLE, END, terminal=False).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(str(END))
    assert lines[0].endswith("s left")


def test_a_terminal_gets_a_bar_and_keeps_every_epoch_s_line() -> None:
    shown = _shown(MIDDLE, END, terminal=True)
    assert "━" in shown
    assert str(END) in shown
