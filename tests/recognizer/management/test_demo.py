from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mlmodel.rules.field_rule import FieldRule
from mlmodel.rules.typed import is_met
from recognizer.batches.demonstration import METER_NUMBER, meter_numbers
from recognizer.models import Batch, SavedRule
from tests.makers import make_admin
from tests.recognizer.batches.workers import answers, work


@pytest.mark.django_db(transaction=True)
def test_it_makes_a_batch_that_workers_read_under_its_rule() -> None:
    admin = make_admin("admin")
    call_command("demo", "--pictures", "14", stdout=StringIO())
    work()
    batch = Batch.objects.get(user=admin)
    assert batch.finished
    assert batch.rule == SavedRule.objects.get(name="Meter number")
    read = [text for state, text in answers(batch) if state == "read"]
    assert len(read) >= 7
    assert batch.counts()["no_digits"] == 1
    values = batch.items.filter(state="read").values_list(
        "upload__current_prediction__value", flat=True
    )
    rule = FieldRule.from_data(METER_NUMBER)
    assert all(is_met(rule, value) for value in values)
    with pytest.raises(CommandError, match="has the demonstration already"):
        call_command("demo", stdout=StringIO())


@pytest.mark.django_db
def test_an_unknown_user_is_named() -> None:
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("demo", "--user", "nobody")


def test_a_copy_and_a_damaged_picture_are_among_them() -> None:
    files = dict(meter_numbers(31))
    assert files["meter-021.jpg"] == files["meter-001.jpg"]
    assert not files["meter-030.jpg"].endswith(b"\xff\xd9")
