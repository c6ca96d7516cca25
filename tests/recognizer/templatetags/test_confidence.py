import pytest

from mlmodel.reader import DOUBTFUL_BELOW
from recognizer.templatetags.confidence import is_doubtful, measured_percent, percent, sureness


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (1.0, "over 99 %"),
        (0.9999, "over 99 %"),
        (0.99, "99 %"),
        (0.989, "98 %"),
        (0.5, "50 %"),
        (0.01, "1 %"),
        (0.0099, "under 1 %"),
        (0.0, "under 1 %"),
    ],
)
def test_certainty_is_never_rounded_up(probability: float, said: str) -> None:
    assert percent(probability) == said


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0.995, "almost certain"), (0.95, "quite sure"), (0.7, "doubtful"), (0.3, "a guess")],
)
def test_sureness_is_said_in_words(probability: float, said: str) -> None:
    assert sureness(probability) == said


def test_doubt_begins_where_the_reader_says() -> None:
    assert is_doubtful(DOUBTFUL_BELOW - 0.001)
    assert not is_doubtful(DOUBTFUL_BELOW)


def test_a_measured_share_keeps_two_decimals() -> None:
    assert measured_percent(0.99561) == "99.56 %"
