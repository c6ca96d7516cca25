import pytest
from django.conf import settings
from django.utils import translation

from mlmodel.reading import DOUBTFUL_BELOW
from recognizer.models import Prediction
from recognizer.presentation.wording import (
    END,
    LEFT_TO_RIGHT,
    ROOMS,
    SHORT_LINE,
    breakable,
    confidence_in_words,
    in_a_thousand,
    is_doubtful,
    measured_percent,
    one_line,
    other_possibilities,
    percent,
    room_for,
)
from tests.makers import make_upload_row


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
def test_confidence_in_words_follows_the_state(state: str, confidence: float, said: str) -> None:
    assert confidence_in_words(Prediction(state=state, confidence=confidence)) == said


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


@pytest.mark.parametrize(
    ("text", "said"),
    [("42", "42"), ("42|17|8", "42 17 8"), ("-4.2", "-4.2"), ("", "nothing to read")],
)
def test_a_text_stands_in_one_line(text: str, said: str) -> None:
    assert one_line(text) == said


@pytest.mark.parametrize(("text", "said"), [("42", "42"), ("42|17", "42 17"), ("-4.2", "-4.2")])
def test_numbers_keep_their_order_in_a_text_from_right_to_left(text: str, said: str) -> None:
    with translation.override("ar"):
        shown = one_line(text)
    assert shown == (said if said == "42" else f"{LEFT_TO_RIGHT}{said}{END}")


OTHERS = [("42", 0.9), ("47", 0.05), ("", 0.02), ("41", 0.009)]


def others(state: str, possibilities: list[tuple[str, float]]) -> list[str]:
    upload = make_upload_row(text="42", state=state, possibilities=possibilities)
    return [text for text, _ in other_possibilities(upload.predictions.get())]


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["read", "doubtful"])
def test_other_possibilities_are_texts_that_were_not_read(state: str) -> None:
    assert others(state, OTHERS) == ["47", ""]


@pytest.mark.django_db
def test_a_text_that_was_read_is_not_darkened_by_traces() -> None:
    assert others("read", [("42", 0.99), ("47", 0.009)]) == []


@pytest.mark.django_db
def test_a_doubtful_text_always_has_its_likeliest_rival() -> None:
    assert others("doubtful", [("42", 0.05), ("47", 0.009), ("41", 0.008)]) == ["47"]


@pytest.mark.django_db
@pytest.mark.parametrize(("share", "shown"), [(0.1, ["7"]), (0.099, [])])
def test_what_is_no_digits_may_be_some_after_all(share: float, shown: list[str]) -> None:
    assert others("not_digits", [("", 0.8), ("7", share), ("1", 0.001)]) == shown


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["nothing", "failed"])
def test_where_nothing_was_seen_nothing_else_is_possible(state: str) -> None:
    assert others(state, [("", 0.5), ("7", 0.5)]) == []


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("271402", "271402"),
        ("2714029", "271<wbr>4029"),
        ("1234567890123", "123<wbr>456<wbr>789<wbr>0123"),
        ("1.250.000,00 5", "1.25<wbr>0.00<wbr>0,00 5"),
        ("1'250'000", "1&#x27;2<wbr>50&#x27;<wbr>000"),
        ("nothing to read", "nothing to read"),
        ("", ""),
    ],
)
def test_a_long_number_may_be_broken_between_groups(text: str, marked: str) -> None:
    assert breakable(text) == marked


@pytest.mark.parametrize("length", range(SHORT_LINE + 1, 60))
def test_no_group_is_shorter_than_three(length: int) -> None:
    groups = breakable("7" * length).split("<wbr>")
    assert {len(group) for group in groups} <= {3, 4}
    assert sum(map(len, groups)) == length


def test_marks_in_a_text_stay_text() -> None:
    assert breakable("<b>1234567</b>").replace("<wbr>", "") == "&lt;b&gt;1234567&lt;/b&gt;"


@pytest.mark.parametrize(
    ("lines", "room"),
    [([], 6), (["1"], 6), (["1", "1234567"], 8), (["1" * 24], 24), (["1" * 25], 6)],
)
def test_a_text_has_room_for_its_longest_line(lines: list[str], room: int) -> None:
    assert room_for(lines) == room


def test_every_room_has_its_size_in_the_style() -> None:
    style = (settings.BASE_DIR / "static/css/result.css").read_text()
    for room in ROOMS[1:]:
        assert f".room-for-{room} {{\n  --digits: {room};\n}}" in style
