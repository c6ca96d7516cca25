import pytest
from django.test import Client

from recognizer.models import Batch, BatchItem, Owner, Upload
from tests.makers import make_batch, make_item, make_upload, make_upload_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(owner: Owner) -> Batch:
    assert owner.user
    return make_batch(owner.user)


def test_that_is_all_closes_it(client: Client, batch: Batch) -> None:
    response = client.post(f"/batches/{batch.pk}/close/")
    assert response["Location"] == f"/batches/{batch.pk}/"
    batch.refresh_from_db()
    assert batch.closed
    assert "still takes pictures" not in client.get(f"/batches/{batch.pk}/").content.decode()


def test_a_script_that_closes_it_learns_where_it_is(client: Client, batch: Batch) -> None:
    headers = {"Accept": "application/json"}
    answer = client.post(f"/batches/{batch.pk}/close/", headers=headers)
    assert answer.json() == {"url": f"/batches/{batch.pk}/"}


def test_cancelling_asks_first(client: Client, batch: Batch) -> None:
    item = make_item(batch)
    assert "Cancel this batch?" in client.get(f"/batches/{batch.pk}/cancel/").content.decode()
    page = client.post(f"/batches/{batch.pk}/cancel/", follow=True).content.decode()
    assert "The batch was cancelled." in page
    item.refresh_from_db()
    assert item.state == BatchItem.State.CANCELLED


def test_what_failed_is_tried_again(client: Client, batch: Batch) -> None:
    upload = make_upload_row(Owner(batch.user), state="failed")
    item = make_item(batch, 0, upload)
    page = client.post(f"/batches/{batch.pk}/retry/", follow=True).content.decode()
    assert "1 picture or file is tried again." in page
    item.refresh_from_db()
    assert item.state == BatchItem.State.WAITING


def test_where_nothing_failed_nothing_is_tried(client: Client, batch: Batch) -> None:
    page = client.post(f"/batches/{batch.pk}/retry/", follow=True).content.decode()
    assert "nothing that another try could help" in page


def test_it_gets_another_name(client: Client, batch: Batch) -> None:
    client.post(f"/batches/{batch.pk}/rename/", {"name": " June "})
    batch.refresh_from_db()
    assert batch.name == "June"


@pytest.mark.parametrize("name", ["", "x" * 101, "a\0b"])
def test_a_name_that_can_t_be_taken_is_told(client: Client, batch: Batch, name: str) -> None:
    response = client.post(f"/batches/{batch.pk}/rename/", {"name": name})
    assert response.status_code == 400
    assert 'class="field-errors"' in response.content.decode()
    batch.refresh_from_db()
    assert batch.name == "Meters"


def test_deleting_says_how_many_pictures_go(client: Client, batch: Batch, owner: Owner) -> None:
    make_item(batch, 0, make_upload(owner))
    make_item(batch, 1, state="refused", code="image_damaged")
    address = f"/batches/{batch.pk}/delete/"
    page = " ".join(client.get(address).content.decode().split())
    assert "Delete this batch with 1 picture?" in page
    response = client.post(address, follow=True)
    assert response.redirect_chain == [("/batches/", 302)]
    assert not Batch.objects.exists()
    assert not Upload.objects.exists()
