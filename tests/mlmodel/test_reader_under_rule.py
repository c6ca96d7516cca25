"""Reading real pictures under a rule: what changes, and what does not."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from stdnum import verhoeff

from mlmodel.artifact.directory import read_model
from mlmodel.model import SHIPPED_DIR, Model
from mlmodel.reader import read
from mlmodel.reading import Reading
from mlmodel.rules.field_rule import FieldRule
from mlmodel.texts.under_rule import UnderRule
from tests.mlmodel.pictures import Picture, on_paper, validation_samples, written

# Digits that are read wrong, by their numbers among the samples that no training saw.
MISREAD = [1644, 23, 2715]


def rule(**data: Any) -> FieldRule:
    return FieldRule.from_data(data)


def exact(length: int) -> dict[str, int]:
    return {"least": length, "most": length}


def with_sample(number: int) -> tuple[Picture, str]:
    """A picture of five digits with a right check digit, of which the third is this sample."""
    samples = validation_samples()
    start = f"41{samples.labels[number]}9"
    text = start + verhoeff.calc_check_digit(start)
    ink = written(text)
    side = ink.shape[0] // 2
    left = side // 2 + 2 * side
    digit = cv2.resize(samples.images[number] / 255, (side, side), interpolation=cv2.INTER_CUBIC)
    ink[side // 2 : side // 2 + side, left : left + side] = np.clip(digit, 0, 1)
    return on_paper(ink), text


def without_second() -> Model:
    card, artifacts = read_model(SHIPPED_DIR)
    return Model(replace(card, second=None, both=None), replace(artifacts, second=None))


def met(reading: Reading) -> UnderRule:
    assert reading.under_rule is not None
    return reading.under_rule


@pytest.mark.parametrize("number", MISREAD)
def test_a_check_digit_mends_a_digit_that_is_read_wrong(number: int) -> None:
    picture, text = with_sample(number)
    reading = read(picture, rule=rule(check="verhoeff", length=exact(5)))
    assert reading.text != text
    assert met(reading).value == text
    assert met(reading).is_changed
    assert met(reading).is_met


@pytest.mark.parametrize("number", MISREAD)
def test_a_list_mends_it_too(number: int) -> None:
    picture, text = with_sample(number)
    values = sorted({text, "41011", "20519", "31415", "98765"})
    assert met(read(picture, rule=rule(values=values))).value == text


@pytest.mark.parametrize("text", ["0412", "50|12", "7"])
@pytest.mark.parametrize("data", [{}, {"length": exact(3)}, {"kind": "number"}])
def test_nothing_else_depends_on_the_rule(text: str, data: dict[str, Any]) -> None:
    picture = on_paper(written(text))
    plain, ruled = read(picture), read(picture, rule=rule(**data))
    assert plain.under_rule is None
    assert (plain.text, plain.confidence, plain.state, plain.written) == (
        ruled.text,
        ruled.confidence,
        ruled.state,
        ruled.written,
    )


def test_what_satisfies_the_rule_is_not_changed_and_keeps_its_zeros() -> None:
    found = met(read(on_paper(written("0042")), rule=rule(range={"most": "50"})))
    assert (found.value, found.text, found.is_changed, found.is_met) == (
        "0042",
        "0042",
        False,
        True,
    )


def test_a_rule_makes_what_it_agrees_with_surer() -> None:
    reading = read(on_paper(written("5041")), rule=rule(values=["5041", "9213", "7766"]))
    assert met(reading).is_sure
    assert (met(reading).confidence or 0) > (reading.confidence or 0)


def test_what_nothing_in_the_picture_looks_like_is_not_met() -> None:
    found = met(read(on_paper(written("5041")), rule=rule(length=exact(9))))
    assert found == UnderRule()


def test_a_blank_picture_does_not_meet_a_rule() -> None:
    blank = np.full((300, 400), 255, np.uint8)
    assert met(read(blank, rule=rule())) == UnderRule()


def test_the_line_that_satisfies_the_rule_is_the_field() -> None:
    found = met(read(on_paper(written("50|1234|9")), rule=rule(length=exact(4))))
    assert found.value == "1234"
    assert not found.is_sure


def test_a_date_is_given_in_the_usual_order() -> None:
    form = {"order": "dmy", "first": "1990-01-01", "last": "2029-12-31"}
    found = met(read(on_paper(written("24122019")), rule=rule(kind="date", date=form)))
    assert (found.value, found.text) == ("2019-12-24", "24122019")


def test_decimals_are_not_made_up_where_no_sign_is() -> None:
    form = {"least_decimals": 2}
    assert not met(read(on_paper(written("1250")), rule=rule(kind="number", number=form))).is_met


@pytest.mark.parametrize("sign", [",", "."])
def test_a_decimal_sign_on_paper_has_its_place(sign: str) -> None:
    ink = written("1250")
    # Below the line between the second and the third digit, which are 84 pixels wide.
    cv2.circle(ink, (42 + 2 * 84, 118), 5, 1.0, -1)
    if sign == ",":
        cv2.line(ink, (42 + 2 * 84 + 2, 118), (42 + 2 * 84 - 5, 134), 1.0, 5)
    form = {"least_decimals": 0, "most_decimals": 2}
    found = met(read(on_paper(ink), rule=rule(kind="number", number=form)))
    assert (found.value, found.text) == ("12.50", "1250")


def test_the_first_reader_alone_reads_under_a_rule() -> None:
    reading = read(on_paper(written("5041")), without_second(), rule=rule(values=["5041", "5047"]))
    assert met(reading).value == "5041"


def test_a_number_is_never_sure_without_the_second_reader() -> None:
    found = met(read(on_paper(written("5041")), without_second(), rule=rule(kind="number")))
    assert (found.confidence, found.is_sure) == (None, False)
