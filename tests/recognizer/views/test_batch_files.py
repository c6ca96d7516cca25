from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from recognizer.models import Batch, Owner
from tests.makers import digits_png, make_batch

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def batch(owner: Owner) -> Batch:
    assert owner.user
    return make_batch(owner.user)


def give(client: Client, batch: Batch, data: bytes | None = None, **fields: Any) -> Any:
    picture = SimpleUploadedFile("a.png", digits_png("4") if data is None else data)
    return client.post(f"/batches/{batch.pk}/files/", {"pictures": picture, **fields}, headers=JSON)


def pictures(*names: str) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, digits_png("4")) for name in names]


def test_a_script_gives_one_file(client: Client, batch: Batch) -> None:
    answer = give(client, batch, key="1", number=7)
    assert (answer.status_code, answer.json()) == (201, {"name": "a.png", "number": 7})


def test_a_file_given_again_is_taken_once(client: Client, batch: Batch) -> None:
    for _ in range(2):
        assert give(client, batch, key="1", number=0).status_code == 201
    assert batch.sources.count() == 1


def test_another_file_with_the_same_key_is_taken_as_well(client: Client, batch: Batch) -> None:
    give(client, batch, key="1")
    assert give(client, batch, digits_png("5"), key="1").status_code == 201
    assert batch.sources.count() == 2


def test_files_keep_their_order_whichever_comes_first(client: Client, batch: Batch) -> None:
    assert give(client, batch, number=1).json()["number"] == 1
    assert give(client, batch, number=0).json()["number"] == 0
    assert give(client, batch, number=0).json()["number"] == 2


@pytest.mark.parametrize("number", ["-1", "x", "99999999999"])
def test_a_number_that_is_none_is_refused(client: Client, batch: Batch, number: str) -> None:
    assert give(client, batch, number=number).status_code == 400


def test_a_refusal_is_told_with_its_code(client: Client, batch: Batch) -> None:
    answer = give(client, batch, b"")
    assert (answer.status_code, answer.json()["code"]) == (400, "empty_file")


def test_a_full_batch_takes_no_more(client: Client, batch: Batch, settings: Settings) -> None:
    settings.BATCH_PICTURES = 1
    give(client, batch)
    answer = give(client, batch)
    assert (answer.status_code, answer.json()["code"]) == (422, "batch_full")


def test_a_storage_that_is_away_asks_for_patience(
    client: Client, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError

    monkeypatch.setattr(default_storage, "save", fail)
    answer = give(client, batch)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert not batch.sources.exists()


def test_a_form_gives_several_and_says_that_these_are_all(client: Client, batch: Batch) -> None:
    address = f"/batches/{batch.pk}/files/"
    assert client.post(address, {"pictures": pictures("a.png", "b.png")}).status_code == 302
    batch.refresh_from_db()
    assert batch.closed is None
    client.post(address, {"pictures": pictures("c.png", "d.png"), "close": "1"})
    batch.refresh_from_db()
    assert batch.closed
    assert batch.sources.count() == 4


def test_the_page_knows_what_is_here_already(client: Client, batch: Batch) -> None:
    give(client, batch, key="1000 5 a.png", number=3)
    page = client.get(f"/batches/{batch.pk}/files/")
    assert (page.context["keys"], page.context["next_number"]) == ('["1000 5 a.png"]', 4)
    assert 'data-keys="[&quot;1000 5 a.png&quot;]"' in page.content.decode()


def test_a_closed_batch_says_that_it_takes_no_more(client: Client, batch: Batch) -> None:
    client.post(f"/batches/{batch.pk}/close/")
    page = client.get(f"/batches/{batch.pk}/files/", follow=True)
    assert page.redirect_chain == [(f"/batches/{batch.pk}/", 302)]
    assert "takes no more pictures" in page.content.decode()
    assert give(client, batch).json()["code"] == "batch_closed"
