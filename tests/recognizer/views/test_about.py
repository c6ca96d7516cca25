from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from mlmodel.artifact.directory import read_card
from mlmodel.model import SHIPPED_DIR
from recognizer.model_versions import active_model
from tests.makers import lose_the_model
from tests.mlmodel.cards import make_card, make_reading_card

pytestmark = pytest.mark.django_db


def page_with(monkeypatch: pytest.MonkeyPatch, client: Client, **reading: float) -> str:
    """The page of a model with these measures, in one line."""
    card = make_card(reading=make_reading_card(**reading), test_accuracy=0.9955)
    monkeypatch.setattr(active_model, "read_card", lambda _folder: card)
    return " ".join(client.get("/about/").content.decode().split())


def test_it_tells_the_models_measure(client: Client, settings: Settings) -> None:
    card = read_card(SHIPPED_DIR)
    page = client.get("/about/").content.decode()
    assert f"{card.test_accuracy * 100:.2f} %" in page
    assert "This is not how often it is right on your photos." in page


def test_it_tells_how_much_it_reads_by_itself_at_what_error(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_with(monkeypatch, client, read_rate=0.8312, error_rate=0.0051, pictures=4000)
    assert "measured on 4,000 hard pictures" in page
    assert "<strong>83 % of the texts by itself</strong>" in page
    assert "<strong>about 5 in 1,000 of those</strong> were wrong" in page


def test_it_tells_from_where_on_it_asks(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = page_with(monkeypatch, client, sure_from=0.874)
    assert "at least 87 % sure" in page
    assert "asks you to check the rest" in page


def test_it_works_without_a_model(client: Client, settings: Settings, tmp_path: Path) -> None:
    lose_the_model(settings, tmp_path)
    assert "No model is installed" in client.get("/about/").content.decode()


def test_it_tells_the_limits(client: Client) -> None:
    page = " ".join(client.get("/about/").content.decode().split())
    assert "Up to 10 MB and 16 megapixels (52 as JPEG, 24 as progressive JPEG)" in page


def test_it_tells_whether_heic_is_taken(client: Client, settings: Settings) -> None:
    assert "HEIC photos need to be shared as JPEG" in client.get("/about/").content.decode()
    settings.HEIC = True
    assert "HEIC photos are taken, too" in client.get("/about/").content.decode()
    start = client.get("/").content.decode()
    assert "PNG, JPEG, HEIC, WebP" in start
    assert ".heic" in start
