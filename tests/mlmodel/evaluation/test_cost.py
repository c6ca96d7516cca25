import subprocess
import sys
from pathlib import Path

import pytest

from mlmodel.artifact.directory import ModelMissing
from mlmodel.evaluation.cost import (
    PAGE_HEIGHT_PX,
    PAGE_LINES,
    PAGE_WIDTH_PX,
    STRIP_DIGITS,
    Cost,
    Work,
    compose_work,
    measure_cost,
)
from mlmodel.mnist.data import load_mnist
from mlmodel.model import SHIPPED_DIR
from mlmodel.reader import read

TELL_HEAVY = """
import sys
import mlmodel.evaluation.cost
print(*{name.partition(".")[0] for name in sys.modules} & {"tensorflow", "keras", "matplotlib"})
"""


@pytest.fixture(scope="module")
def work() -> Work:
    return compose_work(load_mnist().training)


@pytest.fixture(scope="module")
def cost(work: Work) -> Cost:
    return measure_cost(SHIPPED_DIR, work)


def test_the_line_and_the_page_hold_the_digits_that_they_should(work: Work) -> None:
    lines = read(work.page).text.split("|")
    assert work.page.shape == (PAGE_HEIGHT_PX, PAGE_WIDTH_PX)
    # How many digits there are is asked here, not how well each is read.
    assert [len(line) for line in lines] == [STRIP_DIGITS] * PAGE_LINES
    assert len(read(work.strip).text) == STRIP_DIGITS


def test_more_to_read_takes_more_time(cost: Cost) -> None:
    assert 0 < cost.digit_milliseconds < cost.strip_milliseconds < cost.page_milliseconds


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_memory_is_that_of_a_process_of_its_own(cost: Cost) -> None:
    assert cost.resident_megabytes is not None
    assert cost.peak_megabytes is not None
    # Python, NumPy and OpenCV take 60 MB; TensorFlow alone would be 500.
    assert 50 < cost.resident_megabytes <= cost.peak_megabytes < 500


def test_the_process_that_measures_loads_nothing_else() -> None:
    told = subprocess.run(
        [sys.executable, "-c", TELL_HEAVY], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == ""


def test_a_model_that_is_missing_is_named(work: Work, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="There is no model"):
        measure_cost(tmp_path, work)
