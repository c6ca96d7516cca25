from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from recognizer.accounts.owners import adopt, owner_of, uploading_owner
from recognizer.models import Owner
from tests.makers import make_upload_row, make_user, make_visitor


def request_of(user: User | None = None, visitor: str | None = None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user or AnonymousUser()
    request.session = SessionStore()
    if visitor:
        request.session["visitor"] = visitor
    request.session.modified = False
    return request


VISITOR = "11111111-2222-4333-8444-555555555555"


def test_a_stranger_is_nobody() -> None:
    assert owner_of(request_of()) == Owner()


def test_asking_who_it_is_starts_no_session() -> None:
    request = request_of()
    owner_of(request)
    assert not request.session.modified


def test_a_signed_in_user_is_that_user() -> None:
    ada = User(pk=1, username="ada")
    assert owner_of(request_of(ada)) == Owner(user=ada)


def test_a_session_carries_its_visitor() -> None:
    assert owner_of(request_of(visitor=VISITOR)) == Owner(visitor=UUID(VISITOR))


def test_who_signs_in_keeps_the_visitor() -> None:
    ada = User(pk=1, username="ada")
    assert owner_of(request_of(ada, VISITOR)) == Owner(user=ada, visitor=UUID(VISITOR))


def test_a_first_upload_makes_a_visitor() -> None:
    request = request_of()
    owner = uploading_owner(request)
    assert owner.visitor is not None
    assert owner_of(request) == owner
    assert request.session.modified


def test_later_uploads_are_the_same_visitor_s() -> None:
    request = request_of()
    assert uploading_owner(request) == uploading_owner(request)


def test_two_browsers_are_two_visitors() -> None:
    assert uploading_owner(request_of()) != uploading_owner(request_of())


@pytest.mark.parametrize("visitor", [None, VISITOR])
def test_a_user_s_upload_makes_no_visitor(visitor: str | None) -> None:
    request = request_of(User(pk=1), visitor)
    assert uploading_owner(request) == owner_of(request)
    assert not request.session.modified


@pytest.mark.django_db
def test_who_signs_in_takes_along_what_this_browser_gave() -> None:
    ada, visitor = make_user(), make_visitor()
    upload = make_upload_row(visitor)
    assert adopt(request_of(ada, str(visitor.visitor))) == 1
    upload.refresh_from_db()
    assert (upload.user, upload.visitor) == (ada, None)


@pytest.mark.django_db
def test_a_form_sent_with_the_account_and_without_it_is_two_pictures() -> None:
    ada, visitor = make_user(), make_visitor()
    kept = make_upload_row(Owner(user=ada), key="form")
    upload = make_upload_row(visitor, key="form")
    other = make_upload_row(visitor, key="other")
    assert adopt(request_of(ada, str(visitor.visitor))) == 2
    for one in (kept, upload, other):
        one.refresh_from_db()
    assert (kept.key, upload.key, other.key) == ("form", "", "other")
    assert upload.user == ada


@pytest.mark.django_db
def test_what_other_browsers_gave_stays_theirs() -> None:
    visitor, other = make_visitor(), make_visitor()
    upload = make_upload_row(other)
    adopt(request_of(make_user(), str(visitor.visitor)))
    upload.refresh_from_db()
    assert (upload.user, upload.visitor) == (None, other.visitor)


@pytest.mark.django_db
def test_without_a_user_nothing_changes_hands() -> None:
    visitor = make_visitor()
    upload = make_upload_row(visitor)
    assert adopt(request_of(visitor=str(visitor.visitor))) == 0
    upload.refresh_from_db()
    assert upload.visitor == visitor.visitor
