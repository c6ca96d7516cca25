from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mlmodel.rules.field_rule import MOST_VALUES
from recognizer.forms.rule import MOST_SHOWN
from recognizer.models import Batch, Owner, SavedRule
from tests.makers import make_user

DIGITS = {"name": "Meter", "kind": "digits", "least_digits": "8", "most_digits": "8"}

pytestmark = pytest.mark.django_db


def saved(client: Client, **given: Any) -> SavedRule:
    answer = client.post("/rules/new/", DIGITS | given)
    assert answer.status_code == 302, answer.context["form"].errors
    return SavedRule.objects.get(retired=None)


def refused(client: Client, **given: Any) -> dict[str, Any]:
    answer = client.post("/rules/new/", DIGITS | given)
    assert answer.status_code == 400
    errors: dict[str, Any] = answer.context["form"].errors
    return errors


def tried(client: Client, rule: SavedRule, text: str) -> str:
    return client.get(f"/rules/{rule.pk}/", {"text": text}).content.decode()


def test_a_rule_is_saved_and_tried(client: Client, owner: Owner) -> None:
    rule = saved(client, check_digit="luhn")
    assert rule.user == owner.user
    assert "wrong" in tried(client, rule, "12345678")
    assert "satisfies the rule" in tried(client, rule, "12345674")


def test_digits_of_any_script_are_tried(client: Client, owner: Owner) -> None:
    assert "satisfies the rule" in tried(client, saved(client), "٠١٢٣٤٥٦٧")


def test_fields_of_another_kind_count_for_nothing(client: Client, owner: Owner) -> None:
    rule = saved(client, kind="number", most_decimals="2", least_decimals="2", pattern="x(")
    assert rule.definition["kind"] == "number"
    assert "pattern" not in rule.definition
    assert "its value is" in tried(client, rule, "1250,00")


def test_a_date_is_normalized(client: Client, owner: Owner) -> None:
    rule = saved(client, kind="date", order="dmy", first_day="2020-01-01")
    assert "2026-11-29" in tried(client, rule, "29.11.2026")
    assert "too early" in tried(client, rule, "29.11.1999")


def test_values_come_from_both_places(client: Client, owner: Owner) -> None:
    file = SimpleUploadedFile("list.csv", b"\xef\xbb\xbfcode;name\r\n00000042;x\r\n00000043;y\r\n")
    rule = saved(client, values="00000041\r\n", values_file=file)
    assert rule.definition["values"] == ["00000041", "00000042", "00000043"]
    assert "not in the list" in tried(client, rule, "00000044")


def test_a_long_list_is_kept_and_not_written_out(client: Client, owner: Owner) -> None:
    values = [f"{number:08}" for number in range(MOST_SHOWN + 1)]
    rule = saved(client, values_file=SimpleUploadedFile("list.csv", "\n".join(values).encode()))
    page = client.get(f"/rules/{rule.pk}/edit/").content.decode()
    assert "00000007" not in page
    client.post(f"/rules/{rule.pk}/edit/", DIGITS | {"name": "Other", "keep_values": "on"})
    assert SavedRule.objects.get(name="Other").definition["values"] == values


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"least_digits": "9"}, "least_digits"),
        ({"pattern": "(["}, "pattern"),
        ({"pattern": r"(1)\1"}, "pattern"),
        ({"values": "47a"}, "values"),
        ({"country": "DE"}, "country"),
        ({"least_value": "9", "most_value": "8"}, "least_value"),
        ({"least_value": "nine"}, "least_value"),
        ({"name": ""}, "name"),
        ({"values_file": SimpleUploadedFile("x.csv", b"\xff\xfe\x00")}, "values_file"),
        (
            {"values_file": SimpleUploadedFile("x.csv", b"0001\n" * (MOST_VALUES + 1))},
            "values_file",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    client: Client, owner: Owner, given: dict[str, Any], field: str
) -> None:
    assert list(refused(client, **given)) == [field]
    assert not SavedRule.objects.exists()


def test_parts_that_cannot_be_satisfied_together_are_refused(client: Client, owner: Owner) -> None:
    assert refused(client, check_digit="isbn13")


def test_a_batch_keeps_the_rule_that_it_was_given(client: Client, owner: Owner) -> None:
    first = saved(client)
    Batch.objects.create(user=first.user, name="Meters", rule=first)
    client.post(f"/rules/{first.pk}/edit/", DIGITS | {"most_digits": "9"})
    first.refresh_from_db()
    assert first.retired
    assert SavedRule.objects.get(retired=None).definition["length"]["most"] == 9


def test_a_rule_that_no_batch_uses_is_replaced(client: Client, owner: Owner) -> None:
    first = saved(client)
    client.post(f"/rules/{first.pk}/edit/", DIGITS | {"most_digits": "9"})
    assert SavedRule.objects.get().definition["length"]["most"] == 9


def test_two_rules_of_one_name_are_not_taken(client: Client, owner: Owner) -> None:
    saved(client)
    assert list(refused(client)) == ["name"]


def test_a_rule_is_removed(client: Client, owner: Owner) -> None:
    rule = saved(client)
    client.post(f"/rules/{rule.pk}/remove/")
    assert client.get(f"/rules/{rule.pk}/").status_code == 404


def test_others_do_not_see_it(client: Client, owner: Owner) -> None:
    rule = saved(client)
    client.force_login(make_user("eve"))
    assert "Meter" not in client.get("/rules/").content.decode()
    for path in ("", "edit/"):
        assert client.get(f"/rules/{rule.pk}/{path}").status_code == 404
    assert client.post(f"/rules/{rule.pk}/remove/").status_code == 404
