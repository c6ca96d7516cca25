from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from recognizer.batches.progress import progress_of
from recognizer.checking.verified_text import verify
from recognizer.models import Batch, BatchSource, Owner
from tests.makers import make_batch, make_item, make_upload_row, make_user

pytestmark = pytest.mark.django_db
BY_RULE = {"value": "4711", "value_text": "4711", "value_confidence": 0.8, "value_is_sure": True}


@pytest.fixture
def batch(owner: Owner) -> Batch:
    assert owner.user
    return make_batch(owner.user)


def page_of(client: Client, batch: Batch, query: str = "") -> str:
    response = client.get(f"/batches/{batch.pk}/{query}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def listed(client: Client, batch: Batch, query: str = "") -> list[int]:
    """The numbers of the pictures that the page lists."""
    rows = client.get(f"/batches/{batch.pk}/{query}").context["page"].rows
    return [int(item.name.removesuffix(".png")) for item in rows]


def status_of(client: Client, batch: Batch) -> Any:
    return client.get(f"/batches/{batch.pk}/status").json()


def state(batch: Batch, **values: Any) -> None:
    Batch.objects.filter(pk=batch.pk).update(**values)


def test_every_picture_is_listed_as_it_was_given(client: Client, batch: Batch) -> None:
    for number in (2, 0, 1):
        make_item(batch, number, make_upload_row(Owner(batch.user)))
    assert listed(client, batch) == [0, 1, 2]


def test_a_picture_links_to_its_result(client: Client, batch: Batch) -> None:
    item = make_item(batch, 0, make_upload_row(Owner(batch.user), text="4711"))
    assert item.upload
    page = page_of(client, batch)
    assert f'href="{item.upload.get_absolute_url()}"' in page
    assert "4711" in page


def test_a_value_that_the_rule_changed_stands_beside_what_was_read(
    client: Client, batch: Batch
) -> None:
    make_item(batch, 0, make_upload_row(Owner(batch.user), text="4771", read=BY_RULE))
    assert "By the rule. Read without it: 4771" in page_of(client, batch)


def test_a_value_that_the_rule_left_as_it_was_is_not_marked(client: Client, batch: Batch) -> None:
    make_item(batch, 0, make_upload_row(Owner(batch.user), text="4711", read=BY_RULE))
    assert "By the rule." not in page_of(client, batch)


def test_what_was_refused_says_why(client: Client, batch: Batch) -> None:
    make_item(batch, 0, state="refused", code="image_damaged", refusal="It is damaged.")
    assert "It is damaged." in page_of(client, batch)


def test_an_identical_one_leads_to_the_first(client: Client, batch: Batch) -> None:
    first = make_item(batch, 0, make_upload_row(Owner(batch.user)))
    make_item(batch, 1, state="identical", same_as=first)
    assert "The same file as" in page_of(client, batch)


def test_a_file_that_could_not_be_used_stands_above(client: Client, batch: Batch) -> None:
    BatchSource.objects.create(
        batch=batch,
        number=0,
        name="locked.pdf",
        sha256="0" * 64,
        byte_size=9,
        opened=timezone.now(),
        code="encrypted",
        refusal="It has a password.",
    )
    page = page_of(client, batch)
    assert "locked.pdf" in page
    assert "It has a password." in page


def test_the_pictures_are_filtered_and_sorted(client: Client, batch: Batch) -> None:
    owner = Owner(batch.user)
    make_item(batch, 0, make_upload_row(owner, text="4711", confidence=0.9))
    make_item(batch, 1, make_upload_row(owner, text="22", state="doubtful", confidence=0.4))
    make_item(batch, 2, make_upload_row(owner, text="90", confidence=0.99, read=BY_RULE))
    make_item(batch, 3, state="refused", code="image_damaged")
    assert listed(client, batch, "?text=47") == [0, 2]
    assert listed(client, batch, "?state=doubtful") == [1]
    assert listed(client, batch, "?state=refused") == [3]
    assert listed(client, batch, "?most_sure=50") == [1, 3]
    assert listed(client, batch, "?sort=doubtful") == [3, 1, 2, 0]
    assert listed(client, batch, "?sort=sure") == [0, 2, 1, 3]


def test_they_are_filtered_by_what_people_say(client: Client, batch: Batch) -> None:
    owner = Owner(batch.user)
    ruled = make_upload_row(owner, text="4771", read=BY_RULE)
    wrong, unchecked = make_upload_row(owner, text="4"), make_upload_row(owner, text="5")
    for number, upload in enumerate((ruled, wrong, unchecked)):
        make_item(batch, number, upload)
    verify(ruled, "4711", by=owner)
    verify(wrong, "7", by=owner)
    found = {name: listed(client, batch, f"?checked={name}") for name in ("no", "yes")}
    assert found == {"no": [2], "yes": [0, 1]}
    assert listed(client, batch, "?checked=right") == [0]
    assert listed(client, batch, "?checked=wrong") == [1]


@pytest.mark.parametrize("sort", ["given", "doubtful", "sure"])
def test_every_picture_is_on_one_page(
    client: Client, batch: Batch, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr("recognizer.views.batch.PAGE_SIZE", 2)
    for number in range(5):
        make_item(batch, number, confidence=number % 2 / 2)
    found, after = listed(client, batch, f"?sort={sort}"), ""
    while (
        after := client.get(f"/batches/{batch.pk}/?sort={sort}&after={after}").context["page"].after
    ):
        found += listed(client, batch, f"?sort={sort}&after={after}")
    assert sorted(found) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("after", ["x", "1~2~3", "9" * 30, "nan~1", "~"])
def test_a_key_that_is_none_shows_the_first_page(client: Client, batch: Batch, after: str) -> None:
    make_item(batch)
    assert client.get(f"/batches/{batch.pk}/?after={after}").status_code == 200
    assert client.get(f"/batches/{batch.pk}/?sort=sure&after={after}").status_code == 200


def test_the_status_counts_the_rows(client: Client, batch: Batch) -> None:
    make_item(batch, 0, make_upload_row(Owner(batch.user)))
    make_item(batch, 1)
    status = status_of(client, batch)
    assert (status["stage"], status["done"], status["total"]) == ("reading", 1, 2)
    assert status["a_second"] > 0
    assert status["seconds_left"] is not None
    assert "1 of 2 pictures" in " ".join(status["html"].split())


@pytest.mark.parametrize(
    ("values", "stage"),
    [
        ({}, "open"),
        ({"closed": timezone.now(), "finished": timezone.now()}, "finished"),
        ({"cancelled": timezone.now()}, "cancelled"),
    ],
)
def test_the_status_names_the_stage(
    client: Client, batch: Batch, values: dict[str, Any], stage: str
) -> None:
    state(batch, **values)
    assert status_of(client, batch)["stage"] == stage


def test_a_file_that_is_not_open_yet_counts_as_a_picture(client: Client, batch: Batch) -> None:
    batch.sources.create(number=0, sha256="0" * 64, byte_size=9, stored=timezone.now())
    status = status_of(client, batch)
    assert (status["stage"], status["total"], status["unopened_files"]) == ("waiting", 1, 1)
    assert status["seconds_left"] is None


def test_only_who_runs_the_server_is_told_how_to_start_a_worker(
    client: Client, batch: Batch
) -> None:
    make_item(batch)
    state(batch, created=timezone.now() - timedelta(minutes=2))
    page = page_of(client, batch)
    assert "Nothing was read for a minute." in page
    assert "manage.py worker" not in page
    batch.user.is_staff = True
    batch.user.save()
    assert "manage.py worker" in page_of(client, batch)


def test_a_batch_that_a_worker_looked_at_just_now_is_not_stuck(batch: Batch) -> None:
    make_item(batch)
    state(batch, created=timezone.now() - timedelta(minutes=2), served=timezone.now())
    assert not progress_of(Batch.objects.with_unopened().get()).seems_stuck


def test_a_batch_s_page_and_status_take_few_queries(
    client: Client, batch: Batch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        make_item(batch, number, make_upload_row(Owner(batch.user)))
    make_item(batch, 20)
    with django_assert_max_num_queries(8):
        client.get(f"/batches/{batch.pk}/?state=read&sort=doubtful")
    with django_assert_max_num_queries(5):
        client.get(f"/batches/{batch.pk}/status")


def test_the_result_page_leads_back_and_to_the_pictures_beside(
    client: Client, batch: Batch
) -> None:
    uploads = [make_upload_row(Owner(batch.user), text=text) for text in "123"]
    for number, upload in enumerate(uploads):
        make_item(batch, 2 * number, upload)
    make_item(batch, 1, state="refused", code="image_damaged")
    page = client.get(uploads[1].get_absolute_url()).content.decode()
    assert f'href="/batches/{batch.pk}/"' in page
    assert f'rel="prev" href="{uploads[0].get_absolute_url()}"' in " ".join(page.split())
    assert f'rel="next" href="{uploads[2].get_absolute_url()}"' in " ".join(page.split())


def test_a_picture_of_no_batch_leads_to_none(client: Client, owner: Owner) -> None:
    page = client.get(make_upload_row(owner).get_absolute_url()).content.decode()
    assert "Batch:" not in page


def test_the_result_page_asks_to_confirm_what_the_rule_says(client: Client, batch: Batch) -> None:
    upload = make_upload_row(Owner(batch.user), text="4771", read=BY_RULE)
    make_item(batch, 0, upload)
    page = client.get(upload.get_absolute_url()).content.decode()
    assert "Under the rule:" in page
    assert '<input type="hidden" name="text" value="4711">' in page
    assert "4771" in page


def test_another_user_s_batch_is_not_found(client: Client, owner: Owner) -> None:
    hers = make_batch(make_user("eve"))
    for path in ("", "status", "files/", "cancel/", "delete/"):
        assert client.get(f"/batches/{hers.pk}/{path}").status_code == 404


def test_a_name_is_no_markup(client: Client, batch: Batch) -> None:
    state(batch, name="<script>alert(1)</script>")
    make_item(batch, 0, name="<b>bold</b>", state="refused", code="x", refusal="<i>no</i>")
    page = page_of(client, batch)
    assert "<script>alert" not in page
    assert "<b>bold" not in page
    assert "<i>no" not in page
