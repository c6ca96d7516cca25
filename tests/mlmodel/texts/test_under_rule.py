from typing import Any

import numpy as np
import pytest

from mlmodel.digits.classifier import CLASSES as FRAME_CLASSES
from mlmodel.lines.columns import CLASSES, NONE, ColumnDigit
from mlmodel.rules.field_rule import FieldRule
from mlmodel.second.alphabet import digits_of
from mlmodel.texts.candidates import Candidate, Found
from mlmodel.texts.fusion import Opinion
from mlmodel.texts.line_texts import best_text, line_texts
from mlmodel.texts.under_rule import UnderRule, is_enough_under, under_rule
from tests.mlmodel.cards import make_reading_card
from tests.mlmodel.second.columns import columns as second_columns
from tests.mlmodel.second.columns import line as second_line

# Places decide, and a text is as sure as its share.
ALONE = make_reading_card()
BOTH = make_reading_card(texts=[1.0, 0.0, 0.3, 0.3], confidence=[0.0, 1.0, *[0.0] * 12])


def opinion(digit: str, other: str, share: float) -> Opinion:
    """Of a place that shows a digit, or with this share another one."""
    values = np.full(10, 1e-4)
    values[int(other)] = share
    values[int(digit)] = 1 - share
    return Opinion(0.999, values / values.sum())


def opinions(said: str, instead: str, share: float = 0.3) -> list[Opinion]:
    """Of places that show one text, or with this share in each place another one."""
    return [
        opinion(digit, other, share if digit != other else 0.0)
        for digit, other in zip(digits_of(said), digits_of(instead), strict=True)
    ]


def place(number: int) -> Candidate:
    seen = ColumnDigit(0.9, np.full(10, 0.1, np.float32), (0, 0, 1, 1))
    frame, classes = np.zeros((28, 28), np.float32), np.full(FRAME_CLASSES, 0.01, np.float32)
    return Candidate((0, 0, 9, 20), number, seen, frame, classes, at_edge=False)


def read(
    data: dict[str, Any],
    *lines: list[Opinion],
    said: str | None = None,
    is_cut: bool = False,
) -> UnderRule:
    """What lines of these places are under a rule, of which the second reader says the first."""
    places = tuple(place(number) for number, own in enumerate(lines) for _ in own)
    even = np.full((60, CLASSES), 1e-3)
    even[:, NONE] = 0.99
    answers = () if said is None else (second_line(second_columns(said, 0.9)),)
    found = Found(
        places, dict.fromkeys(range(len(lines)), even), second={0: answers} if answers else {}
    )
    every = [one for own in lines for one in own]
    card = ALONE if said is None else BOTH
    rule = FieldRule.from_data(data)
    texts = line_texts(found, every, card.texts)
    return under_rule(rule, texts, found, every, card, best_text(texts)[0], is_cut)


DATE = {"order": "dmy", "first": "1990-01-01", "last": "2029-12-31"}
# Each with what is read without it, and the second-best text, which is right.
RULES: list[tuple[dict[str, Any], str, str, str]] = [
    ({"length": {"least": 4}, "pattern": r"\d*[02468]"}, "1231", "1238", "1238"),
    ({"range": {"least": "0005", "most": "0999"}}, "7012", "0012", "0012"),
    ({"values": ["0412", "0417", "0912"]}, "0911", "0417", "0417"),
    ({"check": "luhn"}, "79921398713", "79927398713", "79927398713"),
    ({"check": "isbn10"}, "0306406151", "0306406152", "0306406152"),
    ({"check": "isbn13"}, "9780306406151", "9780306406157", "9780306406157"),
    ({"check": "ean"}, "4006381333937", "4006381333931", "4006381333931"),
    ({"check": "verhoeff"}, "2368", "2363", "2363"),
    ({"check": "damm"}, "5129", "5724", "5724"),
    ({"check": "iban97", "length": {"least": 8}}, "12345616", "12345676", "12345676"),
    ({"check": "aba"}, "111000026", "111000025", "111000025"),
    (
        {"check": "iban97", "country": "DE", "length": {"least": 20, "most": 20}},
        "89370400440532073000",
        "89370400440532013000",
        "89370400440532013000",
    ),
    ({"kind": "date", "date": DATE}, "37071999", "31071999", "1999-07-31"),
    (
        {"kind": "date", "date": {"order": "ymd", "year_digits": 2, "pivot": 1950}},
        "491307",
        "491207",
        "2049-12-07",
    ),
]


@pytest.mark.parametrize(("data", "raw", "right", "value"), RULES)
def test_where_the_second_best_text_is_right_the_rule_finds_it(
    data: dict[str, Any], raw: str, right: str, value: str
) -> None:
    found = read(data, opinions(raw, right))
    assert (found.value, found.text) == (value, right)
    assert found.is_met
    assert found.is_changed
    assert found.confidence is not None
    assert found.confidence > 0.5


@pytest.mark.parametrize(("data", "_", "right", "value"), RULES)
def test_what_satisfies_the_rule_stays(
    data: dict[str, Any], _: str, right: str, value: str
) -> None:
    found = read(data, opinions(right, right))
    assert (found.value, found.is_changed, found.is_sure) == (value, False, True)


def test_an_exact_length_finds_a_digit_that_was_left_out() -> None:
    faint = Opinion(0.4, opinion("7", "1", 0.1).values)
    found = read({"length": {"least": 3, "most": 3}}, [*opinions("01", "01"), faint])
    assert (found.value, found.is_changed) == ("017", True)


def test_a_number_has_its_digits_and_its_sign_chosen_together() -> None:
    amount = {"kind": "number", "number": {"least_decimals": 2}, "range": {"most": "20"}}
    found = read(amount, opinions("71,50", "11,50", 0.4), said="71,50")
    assert (found.value, found.text, found.is_changed) == ("11.50", "1150", True)


def test_a_sign_that_nobody_saw_is_not_made_up() -> None:
    amount = {"kind": "number", "number": {"least_decimals": 2}}
    assert not read(amount, opinions("1150", "1150"), said="1150").is_met


def test_a_number_is_never_sure_where_nobody_looked_for_signs() -> None:
    found = read({"kind": "number"}, opinions("1150", "1150"))
    assert found.is_met
    assert found.confidence is None
    assert not found.is_sure


def test_what_the_picture_contradicts_is_not_sure() -> None:
    found = read({"values": ["8888", "0000"]}, opinions("1234", "1234"))
    assert not found.is_sure
    assert not found.value or (found.confidence or 0) < 0.5


def test_an_unlikely_change_is_less_sure_than_a_likely_one() -> None:
    rule = {"check": "luhn"}
    likely, unlikely = (
        read(rule, opinions("79921398713", "79927398713", share)).confidence or 0
        for share in (0.3, 0.001)
    )
    assert unlikely < likely


def test_a_rule_that_no_text_satisfies_is_not_met() -> None:
    assert read({"length": {"least": 9}}, opinions("1234", "1234")) == UnderRule()


def test_a_picture_without_places_does_not_meet_a_rule() -> None:
    assert read({}) == UnderRule()


def test_leading_zeros_stay() -> None:
    assert read({"range": {"most": "50"}}, opinions("0042", "0042")).value == "0042"


def test_of_several_lines_the_one_that_satisfies_the_rule_is_the_field() -> None:
    lines = opinions("77", "77"), opinions("2368", "2363"), opinions("5", "5")
    found = read({"check": "verhoeff", "length": {"least": 4}}, *lines)
    assert found.text == "2363"
    assert found.is_changed
    assert not found.is_sure  # the other lines are more writing


def test_two_lines_that_satisfy_the_rule_leave_doubt() -> None:
    found = read({"length": {"least": 2}}, opinions("77", "77"), opinions("31", "31"))
    assert found.is_met
    assert found.confidence is not None
    assert found.confidence < 0.6


def test_nothing_is_sure_beside_other_writing() -> None:
    sure, cut = (read({}, opinions("12", "12"), is_cut=is_cut) for is_cut in (False, True))
    assert (sure.is_sure, cut.is_sure) == (True, False)


def test_the_second_reader_is_not_needed_for_digits_that_satisfy_the_rule() -> None:
    rule = FieldRule.from_data({"check": "verhoeff"})
    assert is_enough_under(rule, "2363")
    assert not is_enough_under(rule, "2368")
    assert not is_enough_under(rule, "23|63")
    assert not is_enough_under(FieldRule.from_data({"kind": "number"}), "2363")
