"""The table that a batch becomes."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recognizer.batches.export import COLUMNS, table_of
from recognizer.checking.verified_text import verify
from recognizer.models import Batch, BatchItem, Check, Owner, SavedRule, Upload
from recognizer.table_files import FORMATS, written
from tests.makers import make_upload_row
from tests.recognizer.batches.rows import make_batch_row, make_item_row, make_source_row

pytestmark = pytest.mark.django_db

SITE = "https://example.org"


@pytest.fixture
def batch(owner: Owner) -> Batch:
    assert owner.user
    return make_batch_row(owner.user)


def with_rule(batch: Batch) -> Batch:
    batch.rule = SavedRule.objects.create(user=batch.user, definition={})
    batch.save()
    return batch


def exported(batch: Batch, **narrowed: Any) -> list[dict[str, Any]]:
    items = batch.items.filter(**narrowed)
    table = table_of(batch, items, SITE, whole=not narrowed)
    return list(json.loads(b"".join(written(table, "json"))))


def add(batch: Batch, number: int = 0, *, read: dict[str, Any] | None = None, **fields: Any) -> Any:
    """A picture of the batch in which 42 was read."""
    upload = make_upload_row(Owner(user=batch.user), sha256=f"{number:064x}", read=read or {})
    return make_item_row(make_source_row(batch, number), upload, **fields)


def test_a_picture_has_one_row(batch: Batch) -> None:
    item = add(batch)
    (row,) = exported(batch)
    assert tuple(row) == COLUMNS
    assert row == {
        "position": 1,
        "name": "0.png",
        "source": "0.png",
        "value": "42",
        "text": "42",
        "written": "42",
        "state": "by_machine",
        "changed_by_rule": "no",
        "confidence": 0.95,
        "reason": "",
        "checked_by": "",
        "checked": None,
        "same_as": None,
        "link": f"{SITE}{item.upload.get_absolute_url()}",
        "model": item.upload.current_prediction.model_version.name,
        "sha256": "0" * 64,
    }


def test_the_value_is_what_satisfies_the_rule(batch: Batch) -> None:
    add(with_rule(batch), read={"value": "47", "value_text": "47"})
    (row,) = exported(batch)
    assert (row["value"], row["text"]) == ("47", "42")
    assert (row["state"], row["changed_by_rule"]) == ("by_rule", "yes")


def test_a_value_that_the_rule_only_wrote_otherwise_is_by_the_machine(batch: Batch) -> None:
    add(with_rule(batch), read={"value": "4.2", "value_text": "42"})
    (row,) = exported(batch)
    assert (row["value"], row["state"], row["changed_by_rule"]) == ("4.2", "by_machine", "no")


def test_there_is_no_value_where_nothing_satisfies_the_rule(batch: Batch) -> None:
    add(with_rule(batch), read={"unmet": "too_short"}, state="doubtful", code="too_short")
    (row,) = exported(batch)
    assert (row["value"], row["text"]) == ("", "42")
    assert (row["state"], row["reason"]) == ("doubtful", "It has too few digits.")


@pytest.mark.parametrize("state", ["doubtful", "no_digits", "failed"])
def test_what_a_person_says_is_the_value(batch: Batch, state: str) -> None:
    item = add(with_rule(batch), read={"value": "47", "value_text": "47"}, state=state, code="why")
    verify(item.upload, "0.48", by=Owner(user=batch.user))
    (row,) = exported(batch)
    assert (row["value"], row["state"]) == ("0.48", "by_person")
    assert row["checked_by"] == batch.user.username
    assert row["checked"] is not None


def test_what_two_people_typed_is_by_both(batch: Batch) -> None:
    batch.double_keying = True
    batch.save()
    first, second = add(batch), add(batch, 1)
    for item in (first, second):
        verify(item.upload, "42", by=Owner(user=batch.user))
    Check.objects.create(upload=second.upload, how="typed", asked="second", written="42")
    assert [row["state"] for row in exported(batch)] == ["by_person", "by_two_people"]


def test_what_nobody_can_read_says_so(batch: Batch) -> None:
    item = add(batch)
    verify(item.upload, "", by=Owner(user=batch.user))
    Upload.objects.update(verdict=Upload.Verdict.UNREADABLE)
    (row,) = exported(batch)
    assert (row["value"], row["state"], row["reason"]) == ("", "by_person", "Unreadable")


def test_a_person_may_say_that_there_is_nothing(batch: Batch) -> None:
    verify(add(batch).upload, "", by=Owner(user=batch.user))
    (row,) = exported(batch)
    assert (row["value"], row["state"]) == ("", "by_person")


def test_pictures_are_numbered_in_the_order_in_which_they_were_given(batch: Batch) -> None:
    for number in (2, 0, 1):
        add(batch, number)
    assert [(row["position"], row["name"]) for row in exported(batch)] == [
        (1, "0.png"),
        (2, "1.png"),
        (3, "2.png"),
    ]


def test_a_picture_has_the_same_number_whichever_are_exported(batch: Batch) -> None:
    first = add(batch, 0)
    add(batch, 1, state="doubtful")
    add(batch, 2, state="doubtful", same_as=first)
    assert [
        (row["position"], row["same_as"]) for row in exported(batch, state=BatchItem.State.DOUBTFUL)
    ] == [(2, None), (3, 1)]


def test_what_is_no_picture_has_a_row_with_the_reason(batch: Batch) -> None:
    item = make_item_row(make_source_row(batch), state="refused", code="empty", refusal="Empty.")
    BatchItem.objects.filter(pk=item.pk).update(upload=None)
    (row,) = exported(batch)
    assert (row["state"], row["reason"], row["value"], row["link"]) == ("refused", "Empty.", "", "")


def test_a_file_that_was_refused_as_a_whole_has_a_row_in_its_place(batch: Batch) -> None:
    add(batch, 0)
    make_source_row(batch, 1, name="bomb.zip", code="zip_too_large", refusal="Too large.")
    add(batch, 2)
    rows = exported(batch)
    assert [(row["position"], row["name"], row["state"]) for row in rows] == [
        (1, "0.png", "by_machine"),
        (2, "bomb.zip", "refused"),
        (3, "2.png", "by_machine"),
    ]
    assert rows[1]["reason"] == "Too large."


def test_who_narrows_the_table_gets_no_file_besides(batch: Batch) -> None:
    make_source_row(batch, 0, code="zip_too_large", refusal="Too large.")
    add(batch, 1)
    (row,) = exported(batch, state="read")
    assert row["position"] == 2


def test_a_batch_without_pictures_is_a_whole_table(batch: Batch) -> None:
    for kind in FORMATS:
        assert b"".join(written(table_of(batch, batch.items.all(), SITE, whole=True), kind)) or (
            kind == "jsonl"
        )


def test_names_make_no_formula(batch: Batch) -> None:
    item = add(batch)
    BatchItem.objects.filter(pk=item.pk).update(name="=cmd|' /C calc'!A0.png")
    table = table_of(batch, batch.items.all(), SITE, whole=True)
    assert b",'=cmd|" in b"".join(written(table, "csv"))


def test_more_pictures_take_no_more_queries(batch: Batch) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            exported(batch)
        return len(captured)

    first = add(with_rule(batch))
    verify(first.upload, "1", by=Owner(user=batch.user))
    few = queries()
    for number in range(1, 6):
        verify(add(batch, number, same_as=first).upload, "1", by=Owner(user=batch.user))
    assert queries() == few
