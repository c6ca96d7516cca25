import json
from dataclasses import replace

import pytest

from mlmodel.artifact.card import CardDamaged, CardFormatUnknown, ModelCard, model_checksum
from tests.mlmodel.cards import make_card, make_reading_card


def test_a_card_survives_json() -> None:
    card = make_card()
    assert ModelCard.from_json(card.to_json()) == card


def test_it_rejects_another_format() -> None:
    with pytest.raises(CardFormatUnknown, match="format 99"):
        ModelCard.from_json(make_card(format_version=99).to_json())


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"card"'])
def test_it_rejects_what_is_no_json_object(text: str) -> None:
    with pytest.raises(CardDamaged):
        ModelCard.from_json(text)


def test_it_names_the_missing_field() -> None:
    content = json.loads(make_card().to_json())
    del content["lines"]["seed"]
    with pytest.raises(CardDamaged, match="'seed'"):
        ModelCard.from_json(json.dumps(content))


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", 7), ("sha256", True), ("test_accuracy", None), ("digits", []), ("confusion", {})],
)
def test_it_names_the_field_of_a_wrong_type(field: str, value: object) -> None:
    content = {**json.loads(make_card().to_json()), field: value}
    with pytest.raises(CardDamaged, match=f"'{field}'"):
        ModelCard.from_json(json.dumps(content))


def test_a_card_cannot_name_a_file_elsewhere() -> None:
    with pytest.raises(CardDamaged, match="passwd"):
        ModelCard.from_json(
            replace(
                make_card(), lines=replace(make_card().lines, artifact_file="../../etc/passwd")
            ).to_json()
        )


def test_the_checksum_is_of_all_that_decides_a_reading() -> None:
    card = make_card()
    assert card.sha256 == model_checksum(card.digits, card.lines, card.reading)
    changed = make_reading_card(digits_weight=0.7)
    assert model_checksum(card.digits, card.lines, changed) != card.sha256
    assert model_checksum(card.lines, card.lines, card.reading) != card.sha256
