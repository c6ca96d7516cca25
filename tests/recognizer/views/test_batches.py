import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from recognizer.models import BatchItem, Owner
from recognizer.views import batches
from tests.makers import make_batch, make_item, make_upload_row, make_user

pytestmark = pytest.mark.django_db


def user_of(owner: Owner) -> User:
    assert owner.user
    return owner.user


def names(client: Client, query: str = "") -> list[str]:
    listed = client.get(f"/batches/{query}").context["listed"]
    return [progress.batch.name for progress in listed]


def test_an_empty_list_explains_what_a_batch_is(client: Client, owner: Owner) -> None:
    page = client.get("/batches/").content.decode()
    assert "A batch is a stack of pictures" in page
    assert "/batches/new/" in page


def test_own_batches_stand_newest_first(client: Client, owner: Owner) -> None:
    for name in ("one", "two", "three"):
        make_batch(user_of(owner), name)
    make_batch(make_user("eve"), "hers")
    assert names(client) == ["three", "two", "one"]


def test_a_page_ends_and_the_next_goes_on(
    client: Client, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "PAGE_SIZE", 2)
    for name in ("one", "two", "three"):
        make_batch(user_of(owner), name)
    after = client.get("/batches/").context["page"].after
    assert names(client, f"?after={after.replace('+', '%2B')}") == ["one"]


def test_a_line_says_how_far_a_batch_is(client: Client, owner: Owner) -> None:
    batch = make_batch(user_of(owner))
    make_item(batch, 0, make_upload_row(owner))
    make_item(batch, 1)
    page = client.get("/batches/").content.decode()
    assert "Is being read" in page
    assert "1 of 2 pictures" in " ".join(page.split())


def test_the_list_takes_few_queries(
    client: Client, owner: Owner, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        make_item(make_batch(user_of(owner), f"{number}"), state=BatchItem.State.WAITING)
    with django_assert_max_num_queries(5):
        client.get("/batches/")


def test_a_visitor_is_led_to_log_in_and_told_why(client: Client, settings: Settings) -> None:
    response = client.get("/batches/new/", follow=True)
    assert response.redirect_chain == [("/accounts/log-in/?next=/batches/new/", 302)]
    assert "Batches belong to an account" in response.content.decode()
    assert "sessionid" not in client.cookies


def test_a_script_is_told_that_nobody_is_logged_in(client: Client) -> None:
    answer = client.get("/batches/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_the_upload_page_leads_to_batches(client: Client) -> None:
    assert 'href="/batches/new/"' in client.get("/").content.decode()
