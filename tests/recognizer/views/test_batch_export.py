import csv
import io
import json
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from recognizer.models import Batch, Owner
from tests.makers import make_user
from tests.recognizer.batches.rows import make_batch_row, make_item_row, make_source_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(owner: Owner) -> Batch:
    assert owner.user
    batch = make_batch_row(owner.user)
    make_item_row(make_source_row(batch, name="Überschuß.png"))
    return batch


def asked(client: Client, batch: Batch, query: str = "") -> bytes:
    response = client.get(f"{reverse('recognizer:batch_export', args=[batch.pk])}?{query}")
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_batch_is_a_file_to_download(client: Client, batch: Batch) -> None:
    response = client.get(reverse("recognizer:batch_export", args=[batch.pk]))
    assert response["Content-Disposition"].endswith('.xlsx"')
    assert response.getvalue().startswith(b"PK")


def test_links_lead_to_the_pictures(client: Client, batch: Batch) -> None:
    (row,) = json.loads(asked(client, batch, "format=json"))
    assert row["link"].startswith("http://testserver/uploads/")
    assert client.get(row["link"]).status_code == 200


def test_csv_is_marked_on_request(client: Client, batch: Batch) -> None:
    plain, marked = (asked(client, batch, f"format=csv{bom}") for bom in ("", "&bom=1"))
    assert marked == b"\xef\xbb\xbf" + plain
    (row,) = csv.DictReader(io.StringIO(plain.decode()))
    assert row["name"] == "Überschuß.png"


def test_json_lines_have_an_object_each(client: Client, batch: Batch) -> None:
    make_item_row(make_source_row(batch, 1))
    lines = asked(client, batch, "format=jsonl").splitlines()
    assert [json.loads(line)["position"] for line in lines] == [1, 2]


@pytest.mark.parametrize("query", ["format=exe", "format="])
def test_an_unknown_format_is_not_found(client: Client, batch: Batch, query: str) -> None:
    path = reverse("recognizer:batch_export", args=[batch.pk])
    assert client.get(f"{path}?{query}").status_code == 404


def test_another_s_batch_is_not_found(client: Client, batch: Batch) -> None:
    client.force_login(make_user("eve"))
    for pk in (batch.pk, uuid4()):
        assert client.get(reverse("recognizer:batch_export", args=[pk])).status_code == 404
