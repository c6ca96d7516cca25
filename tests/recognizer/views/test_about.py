from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from mlmodel.card import read_card

pytestmark = pytest.mark.django_db


def test_it_tells_the_models_measure(client: Client, settings: Settings) -> None:
    card = read_card(Path(settings.MODEL_DIR))
    page = client.get("/about/").content.decode()
    assert f"{card.test_accuracy * 100:.2f} %" in page
    assert "This is not how often it is right on your photos." in page


def test_it_works_without_a_model(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.MODEL_DIR = tmp_path
    assert "No model is installed" in client.get("/about/").content.decode()


def test_it_tells_the_limits(client: Client) -> None:
    page = " ".join(client.get("/about/").content.decode().split())
    assert "Up to 10 MB and 16 megapixels (50 as JPEG)" in page
