import numpy as np
import pytest
from django.test import Client

from mlmodel.artifact.card import ModelError
from recognizer.models import Prediction
from recognizer.views import occlusion
from tests.makers import decoded
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db


def test_what_mattered_comes_as_a_picture_that_no_browser_keeps(client: Client) -> None:
    response = client.get(f"{given(client).get_absolute_url()}digits/2/mattered.png")
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    image = decoded(response.content)
    assert (image.format, image.size) == ("PNG", (28, 28))
    pixels = np.asarray(image.convert("RGB")).astype(int)
    assert (pixels[..., 0] - pixels[..., 2]).max() > 100


def test_what_mattered_is_told_in_words(client: Client) -> None:
    page = client.get(f"{given(client).get_absolute_url()}digits/1/mattered/").content.decode()
    assert "Without it" in page or "No single part decides" in page


def test_a_script_gets_the_sentence_alone(client: Client) -> None:
    address = f"{given(client).get_absolute_url()}digits/1/mattered/"
    answer = client.get(address, headers={"Accept": "application/json"})
    assert list(answer.json()) == ["sentence"]


@pytest.mark.parametrize("number", [0, 3, 10**6, 10**30])
@pytest.mark.parametrize("ending", ["mattered/", "mattered.png"])
def test_a_digit_that_is_none_is_not_found(client: Client, number: int, ending: str) -> None:
    address = f"{given(client).get_absolute_url()}digits/{number}/{ending}"
    assert client.get(address).status_code == 404


def test_what_was_never_read_has_no_digits(client: Client) -> None:
    upload = given(client)
    Prediction.objects.all().delete()
    assert client.get(f"{upload.get_absolute_url()}digits/1/mattered/").status_code == 404


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_without_a_model_it_says_so(
    client: Client, accept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_model(_digit: object) -> None:
        raise ModelError

    monkeypatch.setattr(occlusion, "occlude", no_model)
    address = f"{given(client).get_absolute_url()}digits/1/mattered"
    answer = client.get(f"{address}/", headers={"Accept": accept})
    assert (answer.status_code, "There is no model" in answer.content.decode()) == (503, True)
    assert client.get(f"{address}.png").status_code == 503
