"""Batches under a rule: the value, and what was read without it."""

import pytest
from stdnum import luhn

from mlmodel.rules.field_rule import FieldRule
from mlmodel.texts.under_rule import UnderRule
from recognizer.batches.giving import Wanted, open_batch
from recognizer.batches.rules import save_rule
from recognizer.models import Batch, Owner, Prediction
from recognizer.uploads.reading import read_again
from tests.makers import digits_png
from tests.recognizer.batches.workers import answers, give_all, work
from tests.recognizer.readers import let_it_see

pytestmark = pytest.mark.django_db(transaction=True)


def batch_under(owner: Owner, **rule: object) -> Batch:
    assert owner.user
    definition = FieldRule.from_data(rule).to_data()
    return open_batch(owner.user, Wanted("Meters", save_rule(owner.user, "Meter", definition)))


def test_a_text_that_satisfies_the_rule_is_the_value(owner: Owner) -> None:
    number = "0472" + luhn.calc_check_digit("0472")
    batch = batch_under(owner, check="luhn", length={"least": 5, "most": 5})
    give_all(batch, digits_png(number))
    work()
    prediction = Prediction.objects.get()
    assert (prediction.value, prediction.unmet) == (number, "")
    assert not prediction.is_changed_by_rule
    assert answers(batch)[0][0] == "read"


def test_a_value_that_the_rule_changed_stands_beside_what_was_read(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = UnderRule("472", "472", 0.97, is_changed=True, is_met=True, is_sure=True)
    let_it_see(monkeypatch, under_rule=chosen)
    batch = batch_under(owner, values=["472"])
    give_all(batch, digits_png("471"))
    work()
    prediction, item = Prediction.objects.get(), batch.items.get()
    assert (prediction.text, prediction.value) == ("471", "472")
    assert prediction.is_changed_by_rule
    assert (item.state, item.confidence) == ("read", 0.97)


def test_where_nothing_satisfies_the_rule_it_says_why(owner: Owner) -> None:
    batch = batch_under(owner, length={"least": 8, "most": 8})
    give_all(batch, digits_png("472"))
    work()
    prediction, item = Prediction.objects.get(), batch.items.get()
    assert (prediction.text, prediction.value, prediction.unmet) == ("472", "", "too_short")
    assert (item.state, item.code, item.confidence) == ("doubtful", "too_short", 0)


def test_reading_again_keeps_to_the_rule(owner: Owner) -> None:
    batch = batch_under(owner, values=["472"])
    give_all(batch, digits_png("472"))
    work()
    item = batch.items.get()
    assert item.upload
    assert read_again(item.upload).value == "472"
