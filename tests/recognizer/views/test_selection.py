import json
from typing import Any

import pytest
from django.test import Client

from recognizer.models import Prediction, Upload
from tests.makers import digits_png, make_upload, make_upload_row
from tests.recognizer.views.visitors import given

pytestmark = pytest.mark.django_db


def choose(client: Client, action: str, *uploads: Upload, **fields: str) -> Any:
    keys = [str(upload.pk) for upload in uploads]
    return client.post("/uploads/selection/", {"pk": keys, "action": action, **fields})


def test_deleting_asks_first_and_says_what_goes(client: Client) -> None:
    one, other = given(client), given(client)
    page = choose(client, "delete", one, other).content.decode()
    assert "Delete 2 pictures?" in page
    assert Upload.objects.count() == 2
    response = choose(client, "delete", one, other, confirmed="1")
    assert response.status_code == 302
    assert Upload.objects.count() == 0
    told = client.get("/uploads/").content.decode()
    assert "2 pictures and everything read in them were deleted." in told


def test_the_chosen_ones_come_as_a_file(client: Client) -> None:
    one, _, third = (given(client, digits_png(text)) for text in ("4", "5", "6"))
    response = choose(client, "json", one, third)
    rows = json.loads(response.getvalue())
    assert {row["id"] for row in rows} == {str(one.pk), str(third.pk)}


def test_they_are_read_again(client: Client) -> None:
    upload = given(client)
    choose(client, "read_again", upload)
    assert Prediction.objects.filter(upload=upload).count() == 2


def test_one_that_cannot_be_opened_is_told(client: Client) -> None:
    upload = given(client)
    upload.file.storage.delete(str(upload.file.name))
    choose(client, "read_again", upload)
    assert "could not be opened" in client.get("/uploads/").content.decode()


@pytest.mark.parametrize("action", ["delete", "json", "read_again"])
def test_pictures_of_others_are_left_alone(client: Client, action: str) -> None:
    given(client)
    other = make_upload()
    choose(client, action, other, confirmed="1")
    assert Upload.objects.filter(pk=other.pk).exists()
    assert other.predictions.count() == 1


@pytest.mark.parametrize("keys", [[], ["x"], ["\0"]])
def test_without_a_choice_nothing_happens(client: Client, keys: list[str]) -> None:
    upload = given(client)
    client.post("/uploads/selection/", {"pk": keys, "action": "delete", "confirmed": "1"})
    assert Upload.objects.filter(pk=upload.pk).exists()
    assert "Choose some pictures first." in client.get("/uploads/").content.decode()


def test_an_unknown_action_does_nothing(client: Client) -> None:
    assert choose(client, "drop", given(client)).status_code == 302
    assert Upload.objects.count() == 1


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/uploads/?text=4", "/uploads/?text=4"),
        ("https://evil.example/", "/uploads/"),
        ("nowhere", "/uploads/"),
        ("", "/uploads/"),
    ],
)
def test_it_goes_back_to_the_same_view(client: Client, back: str, leads_to: str) -> None:
    response = choose(client, "read_again", given(client), back=back)
    assert response["Location"] == leads_to


def test_a_row_without_its_file_can_be_deleted(client: Client) -> None:
    upload = given(client)
    make_upload_row()
    upload.file.storage.delete(str(upload.file.name))
    choose(client, "delete", upload, confirmed="1")
    assert not Upload.objects.filter(pk=upload.pk).exists()
