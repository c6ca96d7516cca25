import pytest

from mlmodel.reader import DOUBTFUL_BELOW
from recognizer.models import Prediction
from recognizer.templatetags.confidence import (
    in_a_thousand,
    is_doubtful,
    measured_percent,
    percent,
    sureness,
)


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
    ("state", "confidence", "said"),
    [
        ("read", 0.995, "almost certain"),
        ("read", 0.8, "quite sure"),
        ("doubtful", 0.95, "doubtful"),
        ("doubtful", 0.3, "a guess"),
    ],
)
def test_sureness_follows_the_state(state: str, confidence: float, said: str) -> None:
    assert sureness(Prediction(state=state, confidence=confidence)) == said


def test_doubt_begins_where_the_reader_says() -> None:
    assert is_doubtful(DOUBTFUL_BELOW - 0.001)
    assert not is_doubtful(DOUBTFUL_BELOW)


def test_a_measured_share_keeps_two_decimals() -> None:
    assert measured_percent(0.99561) == "99.56 %"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "none"),
        (0.0001, "about 1 in 1,000"),
        (0.0051, "about 5 in 1,000"),
        (0.02, "about 20 in 1,000"),
    ],
)
def test_a_rare_share_is_counted_in_a_thousand(share: float, said: str) -> None:
    assert in_a_thousand(share) == said
