import numpy as np
import pytest

from mlmodel.digits.occlusion import Occlusion
from recognizer.presentation.occlusion import frame_of, in_words, occlude
from tests.makers import make_upload

pytestmark = pytest.mark.django_db


def seen(whole: float, left: float, worst: tuple[int, int] | None = (14, 14)) -> Occlusion:
    return Occlusion(whole, np.zeros((28, 28), np.float32), worst, left)


@pytest.mark.parametrize(
    ("worst", "place"),
    [((5, 5), "upper left"), ((14, 14), "middle"), ((26, 14), "bottom"), ((14, 22), "right")],
)
def test_it_says_which_part_decides(worst: tuple[int, int], place: str) -> None:
    assert in_words(seen(0.985, 0.125, worst)) == (
        f"Most depends on the {place}. "
        "Without it, the probability of this answer falls from 98 % to 12 %."
    )


def test_it_says_when_no_part_decides() -> None:
    assert in_words(seen(0.985, 0.965)).endswith("at least 96 % remain.")
    assert in_words(seen(0.985, 0.985, None)).startswith("No single part decides")


def test_it_says_when_the_line_decided() -> None:
    assert "gives this digit 20 %" in in_words(seen(0.205, 0.1))


def test_a_digit_that_was_read_rests_on_some_part_of_it() -> None:
    prediction = make_upload().current_prediction
    assert prediction
    digit = prediction.digits.all()[0]
    found = occlude(digit)
    assert found.probability > 0.9
    assert found.worst is not None
    assert frame_of(digit)[found.worst[0] - 3 : found.worst[0] + 3].any()
