"""The pages by which the owner of a batch lets others check it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recognizer.accounts import throttle
from recognizer.models import Batch, BatchChecker, Owner
from tests.makers import make_batch, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(owner: Owner) -> Batch:
    assert owner.user
    return make_batch(owner.user, "Meters")


@pytest.fixture
def bob() -> User:
    return make_user("bob")


def address(batch: Batch, rest: str = "") -> str:
    return f"/batches/{batch.pk}/check/people/{rest}"


def list_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get("/batches/checking/").content.decode()


def test_who_is_invited_finds_the_batch(client: Client, batch: Batch, bob: User) -> None:
    assert "Meters" not in list_of(bob)
    page = client.post(address(batch), {"name": " bob "}, follow=True).content.decode()
    assert "bob may check this batch now" in page
    assert "Meters" in list_of(bob)


def test_the_owner_s_own_batches_are_not_among_the_invited(client: Client, batch: Batch) -> None:
    assert "Meters" not in client.get("/batches/checking/").content.decode()


def test_nobody_is_invited_by_a_wrong_name(client: Client, batch: Batch) -> None:
    response = client.post(address(batch), {"name": "bbo"})
    assert response.status_code == 400
    assert "Nobody can be invited by this name." in response.content.decode()


def test_names_cannot_be_guessed_by_the_dozen(
    client: Client, batch: Batch, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "INVITATIONS_PER_HOUR", 2)
    names = ("guess", "another", "bob")
    answers = [client.post(address(batch), {"name": name}) for name in names]
    assert [answer.status_code for answer in answers] == [400, 400, 429]
    assert not BatchChecker.objects.exists()


def test_who_is_removed_finds_it_no_more(client: Client, batch: Batch, bob: User) -> None:
    client.post(address(batch), {"name": "bob"})
    checker = BatchChecker.objects.get()
    page = client.post(address(batch, f"{checker.pk}/remove/"), follow=True).content.decode()
    assert "bob does not see this batch any more." in page
    assert "Meters" not in list_of(bob)


def test_one_may_leave(batch: Batch, bob: User) -> None:
    BatchChecker.objects.create(batch=batch, user=bob)
    client = Client()
    client.force_login(bob)
    client.post(f"/batches/{batch.pk}/check/leave/")
    assert not BatchChecker.objects.exists()


def test_a_checker_invites_nobody(batch: Batch, bob: User) -> None:
    BatchChecker.objects.create(batch=batch, user=bob)
    client = Client()
    client.force_login(bob)
    assert client.post(address(batch), {"name": "bob"}).status_code == 404


def test_a_checker_of_another_batch_is_not_removed(client: Client, batch: Batch, bob: User) -> None:
    other = BatchChecker.objects.create(batch=make_batch(make_user("eve")), user=bob)
    assert client.post(address(batch, f"{other.pk}/remove/")).status_code == 404
