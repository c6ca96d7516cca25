import json
import re
from dataclasses import replace

import pytest

from mlmodel.artifact.card import CardDamaged, CardFormatUnknown, ModelCard, model_checksum
from tests.mlmodel.cards import make_artifacts, make_card, make_reading_card


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
    with pytest.raises(CardDamaged, match=r"`seed` - at `\$\.lines`"):
        ModelCard.from_json(json.dumps(content))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", 7),
        ("sha256", True),
        ("sha256", "no checksum"),
        ("test_accuracy", None),
        ("test_accuracy", 1.5),
        ("digits", []),
        ("digits.epochs", -1),
        ("digits.versions", {"python": 3}),
        ("confusion", {}),
        ("confusion", [["y"]]),
        ("confusion", [[1] * 10] * 9),
        ("reading.presence", ["a", None]),
        ("reading.presence", [True]),
        ("reading.texts", 1.0),
        ("reading.sure_from", "0.9"),
    ],
)
def test_it_names_the_field_of_a_wrong_value_to_its_last_element(path: str, value: object) -> None:
    content = json.loads(make_card().to_json())
    *outer, field = path.split(".")
    holder = content[outer[0]] if outer else content
    assert field in holder
    holder[field] = value
    with pytest.raises(CardDamaged, match=re.escape(f"$.{path}")):
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


def test_a_card_of_the_format_before_is_one_without_a_second_reader() -> None:
    card = ModelCard.from_json(make_card(format_version=5).to_json())
    assert card.second is None
    assert set(card.networks) == {"digits", "lines"}


def test_a_second_reader_without_its_numbers_is_damaged() -> None:
    card = make_card(make_artifacts(second=b"second"))
    assert set(ModelCard.from_json(card.to_json()).networks) == {"digits", "lines", "second"}
    with pytest.raises(CardDamaged, match="second reader"):
        ModelCard.from_json(replace(card, both=None).to_json())


def test_the_checksum_covers_the_second_reader() -> None:
    card = make_card(make_artifacts(second=b"second"))
    parts = card.digits, card.lines, card.reading, card.second, card.both
    assert (
        len({model_checksum(*parts[:3]), model_checksum(*parts), model_checksum(*parts, 0.9)}) == 3
    )
