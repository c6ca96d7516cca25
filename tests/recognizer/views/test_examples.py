import pytest
from django.test import Client

from recognizer.models import Upload
from recognizer.presentation.examples import EXAMPLES

pytestmark = pytest.mark.django_db


def test_the_start_page_offers_every_example(client: Client) -> None:
    page = client.get("/").content.decode()
    for example in EXAMPLES:
        assert f'action="/examples/{example.name}/"' in page
        assert str(example.title) in page


@pytest.mark.parametrize(
    ("name", "text"),
    [("amount", "3204006"), ("boxes", "63929"), ("board", "33143"), ("cell", "8")],
)
def test_an_example_is_read_as_a_picture_of_one_s_own(client: Client, name: str, text: str) -> None:
    response = client.post(f"/examples/{name}/")
    assert response.status_code == 302
    upload = Upload.objects.with_current_prediction().get()
    assert upload.current_prediction
    assert upload.current_prediction.text == text
    assert client.get(response["Location"]).status_code == 200


def test_a_number_that_is_crossed_out_is_not_taken_as_sure(client: Client) -> None:
    client.post("/examples/crossed-out/")
    prediction = Upload.objects.with_current_prediction().get().current_prediction
    assert prediction
    assert prediction.state != "read"


def test_an_unknown_example_is_not_found(client: Client) -> None:
    assert client.post("/examples/none/").status_code == 404
    assert client.get("/examples/amount/").status_code == 405
