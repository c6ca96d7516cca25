from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mlmodel.artifact.directory import read_model
from mlmodel.artifact.litert import NetworkShapeWrong
from mlmodel.digits.classifier import Classifier
from mlmodel.lines.columns import ANSWERS
from mlmodel.lines.line_reader import LineReader
from mlmodel.model import SHIPPED_DIR, Model


@pytest.fixture(scope="module")
def line_reader() -> LineReader:
    return Model.load().line_reader


@pytest.mark.parametrize("width", [32, 96, 1024])
def test_every_two_pixels_have_an_answer(line_reader: LineReader, width: int) -> None:
    columns = line_reader.columns(np.zeros((40, width), np.float32))
    assert columns.shape == (width // 2, ANSWERS)
    assert columns.dtype == np.float32


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((39, 64), np.float32),
        np.zeros((40, 50), np.float32),
        np.zeros((40, 64), np.uint8),
    ],
)
def test_it_refuses_other_shapes_and_types(line_reader: LineReader, wrong: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match="A strip is"):
        line_reader.columns(wrong)


def test_the_other_network_is_refused() -> None:
    artifacts = read_model(SHIPPED_DIR)[1]
    with pytest.raises(NetworkShapeWrong):
        LineReader(artifacts.digits)
    with pytest.raises(NetworkShapeWrong):
        Classifier(artifacts.lines)
