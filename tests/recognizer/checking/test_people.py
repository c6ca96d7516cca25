"""The owner of a batch lets others check it: that batch, and nothing else."""

import pytest
from django.contrib.auth.models import User

from recognizer.checking.people import NobodyThere, OwnBatch, invite, remove
from recognizer.checking.queue import claim_next
from recognizer.models import Batch, Owner
from tests.makers import make_user
from tests.recognizer.checking.asked import make_asked_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return make_user("ada")


@pytest.fixture
def bob() -> User:
    return make_user("bob")


@pytest.fixture
def batch(ada: User) -> Batch:
    return make_asked_batch(ada, "41", "42")


def checkable(user: User) -> list[Batch]:
    return list(Batch.objects.checkable_by(Owner(user=user)))


def test_who_is_invited_may_check_this_batch_alone(batch: Batch, ada: User, bob: User) -> None:
    make_asked_batch(ada, "43")
    assert checkable(bob) == []
    invite(batch, "bob")
    assert checkable(bob) == [batch]
    assert not Batch.objects.visible_to(Owner(user=bob)).exists()


def test_inviting_twice_changes_nothing(batch: Batch, bob: User) -> None:
    assert invite(batch, "bob") == invite(batch, "bob")


def test_an_account_that_is_closed_is_answered_like_none(batch: Batch, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    refusals = []
    for name in ("bob", "nobody"):
        with pytest.raises(NobodyThere) as refusal:
            invite(batch, name)
        refusals.append(str(refusal.value))
    assert refusals[0] == refusals[1]


def test_nobody_invites_themselves(batch: Batch) -> None:
    with pytest.raises(OwnBatch):
        invite(batch, "ada")


def test_who_is_removed_holds_nothing_any_more(batch: Batch, ada: User, bob: User) -> None:
    checker = invite(batch, "bob")
    held = claim_next(batch, bob)
    remove(checker)
    assert checkable(bob) == []
    assert claim_next(batch, ada) == held
