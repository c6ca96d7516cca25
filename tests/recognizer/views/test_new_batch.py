from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from recognizer.models import Batch, Owner, SavedRule
from tests.makers import digits_png, make_user

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def pictures(*names: str) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, digits_png("4")) for name in names]


def user_of(owner: Owner) -> User:
    assert owner.user
    return owner.user


def make(client: Client, **fields: Any) -> Any:
    return client.post("/batches/new/", {"name": "May", "one_wrong_in": "100"} | fields)


def test_the_page_proposes_a_name(client: Client, owner: Owner) -> None:
    assert 'value="Batch of ' in client.get("/batches/new/").content.decode()


def test_one_form_makes_a_batch_of_all_its_files(client: Client, owner: Owner) -> None:
    response = make(client, pictures=pictures("a.png", "b.png"), skip_identical="on")
    batch = Batch.objects.get()
    assert response["Location"] == f"/batches/{batch.pk}/"
    assert [source.name for source in batch.sources.all()] == ["a.png", "b.png"]
    assert batch.closed
    assert batch.skip_identical
    assert batch.user == owner.user


def test_a_file_that_is_not_taken_is_named_and_the_batch_stays_open(
    client: Client, owner: Owner
) -> None:
    files = [*pictures("a.png"), SimpleUploadedFile("empty.png", b"")]
    page = client.get(make(client, pictures=files)["Location"]).content.decode()
    assert "empty.png: " in page
    assert "1 file was taken." in page
    assert Batch.objects.get().closed is None


def test_a_form_without_files_makes_no_batch(client: Client, owner: Owner) -> None:
    response = make(client)
    assert response.status_code == 400
    assert "Choose a picture" in response.content.decode()
    assert not Batch.objects.exists()


def test_a_form_sent_twice_makes_one_batch(client: Client, owner: Owner) -> None:
    key = str(uuid4())
    for _ in range(2):
        make(client, pictures=pictures("a.png"), key=key)
    assert Batch.objects.get().sources.count() == 1


def test_five_hundred_files_fit_into_one_form(client: Client, owner: Owner) -> None:
    files = [SimpleUploadedFile(f"{number}.png", b"x") for number in range(500)]
    assert make(client, pictures=files).status_code == 302
    assert Batch.objects.get().sources.count() == 500


def test_a_script_makes_the_batch_first(client: Client, owner: Owner) -> None:
    answer = client.post("/batches/new/", {"name": "May", "one_wrong_in": "100"}, headers=JSON)
    batch = Batch.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "url": f"/batches/{batch.pk}/",
        "files": f"/batches/{batch.pk}/files/",
        "close": f"/batches/{batch.pk}/close/",
    }


def test_a_script_is_told_what_is_wrong(client: Client, owner: Owner) -> None:
    answer = client.post("/batches/new/", {"name": "", "one_wrong_in": "100"}, headers=JSON)
    assert (answer.status_code, answer.json()["title"]) == (400, "Give the batch a name.")


def test_only_one_s_own_saved_rules_can_be_chosen(client: Client, owner: Owner) -> None:
    own = SavedRule.objects.create(user=user_of(owner), name="Meter", definition={})
    hers = SavedRule.objects.create(user=make_user("eve"), name="Hers", definition={})
    assert "Hers" not in client.get("/batches/new/").content.decode()
    assert make(client, pictures=pictures("a.png"), rule=hers.pk).status_code == 400
    assert make(client, pictures=pictures("a.png"), rule=own.pk).status_code == 302
    assert Batch.objects.get().rule == own


@pytest.mark.parametrize(
    ("most", "days", "status"), [(90, "91", 400), (90, "90", 302), (0, "9999", 302), (90, "0", 400)]
)
def test_no_batch_is_kept_longer_than_pictures_are(
    client: Client, owner: Owner, settings: Settings, most: int, days: str, status: int
) -> None:
    settings.RETENTION_DAYS = most
    response = make(client, pictures=pictures("a.png"), keep_days=days)
    assert response.status_code == status


def test_days_are_taken_in_digits_of_any_script(client: Client, owner: Owner) -> None:
    make(client, pictures=pictures("a.png"), keep_days="٣٠")
    assert Batch.objects.get().keep_days == 30


def test_too_many_batches_are_told_to_wait(
    client: Client, owner: Owner, settings: Settings
) -> None:
    settings.BATCHES_PER_HOUR = 1
    assert make(client, pictures=pictures("a.png")).status_code == 302
    response = make(client, pictures=pictures("b.png"))
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "You made many batches" in response.content.decode()
    assert Batch.objects.count() == 1


def test_pictures_of_a_batch_count_for_no_limit_of_uploads(
    client: Client, owner: Owner, settings: Settings
) -> None:
    settings.UPLOADS_PER_MINUTE = settings.UPLOADS_PER_DAY = 1
    assert make(client, pictures=pictures("a.png", "b.png", "c.png")).status_code == 302
    assert Batch.objects.get().sources.count() == 3
