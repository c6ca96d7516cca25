import io

import numpy as np
import pytest
from matplotlib.axes import Axes

from mlmodel.evaluation.plots import draw
from tests.makers import decoded
from tests.mlmodel.evaluation.answers import make_answer, make_summary

METERS = make_summary([make_answer("42", "42"), make_answer("1", "7", 0.6)], name="meters")
BLANKS = make_summary([make_answer("", "3")], name="blanks")


@pytest.fixture(scope="module")
def panels() -> list[Axes]:
    return draw([METERS, BLANKS]).axes


def names(panel: Axes) -> list[str]:
    legend = panel.get_legend()
    return [text.get_text() for text in legend.get_texts()] if legend else []


def test_the_reliability_of_digits_has_a_line_a_set_with_digits(panels: list[Axes]) -> None:
    assert names(panels[0]) == ["as it should be", "meters"]
    assert np.asarray(panels[0].get_lines()[1].get_xdata()).tolist() == [0.6, 0.99, 0.99]


def test_the_risk_of_texts_has_a_line_a_set_with_digits(panels: list[Axes]) -> None:
    assert names(panels[1]) == ["meters"]
    assert np.asarray(panels[1].get_lines()[0].get_ydata()).tolist() == [0.0, 0.5]


def test_the_confusion_is_written_into_its_cells(panels: list[Axes]) -> None:
    cells = {text.get_position(): text.get_text() for text in panels[2].texts}
    assert cells == {(4, 4): "1", (2, 2): "1", (7, 1): "1"}


@pytest.mark.parametrize("written", ["", "42"])
def test_nothing_read_at_all_can_be_drawn(written: str) -> None:
    buffer = io.BytesIO()
    draw([make_summary([make_answer(written, "")])]).savefig(buffer)
    assert decoded(buffer.getvalue()).format == "PNG"
