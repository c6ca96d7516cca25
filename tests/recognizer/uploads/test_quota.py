from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from recognizer.models import Owner, Upload
from recognizer.storage.disk import MARKER
from recognizer.uploads import storing
from recognizer.uploads.deletion import delete_uploads
from recognizer.uploads.quota import QuotaExceeded
from tests.makers import digits_png, make_upload, make_upload_row, make_user, make_visitor
from tests.recognizer.views.visitors import give
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_quotas(settings: Settings, media: Path) -> None:
    # Rows without files stand for stored pictures: the marker makes the folder the right one.
    media.mkdir()
    (media / MARKER).touch()
    settings.QUOTA_VISITOR_FILES = 2
    settings.QUOTA_USER_FILES = 3
    settings.QUOTA_USER_MEGABYTES = 1


def test_a_visitor_may_keep_so_many_pictures_and_no_more() -> None:
    visitor = make_visitor()
    for _ in range(2):
        make_upload(visitor)
    with pytest.raises(QuotaExceeded, match="You keep 2 pictures here"):
        make_upload(visitor)


def test_a_user_may_keep_more() -> None:
    user = Owner(user=make_user())
    for _ in range(3):
        make_upload(user)
    with pytest.raises(QuotaExceeded, match="You keep 3 pictures here"):
        make_upload(user)


def test_a_user_may_keep_so_many_bytes() -> None:
    user = Owner(user=make_user())
    make_upload_row(user, byte_size=2**20 - len(digits_png()))
    make_upload(user)
    with pytest.raises(QuotaExceeded, match="You keep 1 MB of pictures here"):
        make_upload(user)


def test_what_others_keep_does_not_count() -> None:
    for _ in range(5):
        make_upload(make_visitor())
    assert Upload.objects.count() == 5


def test_deleting_makes_room() -> None:
    visitor = make_visitor()
    first, second = make_upload(visitor), make_upload(visitor)
    delete_uploads([first])
    latest = make_upload(visitor)
    assert list(Upload.objects.given_by(visitor)) == [latest, second]


def test_0_is_no_limit(settings: Settings) -> None:
    settings.QUOTA_USER_FILES = settings.QUOTA_USER_MEGABYTES = 0
    user = Owner(user=make_user())
    for _ in range(5):
        make_upload_row(user, byte_size=2**20)
    make_upload(user)
    assert Upload.objects.given_by(user).count() == 6


def test_a_visitor_with_a_full_quota_is_told_to_sign_up(client: Client) -> None:
    for _ in range(2):
        give(client)
    response = give(client)
    assert response.status_code == 403
    assert "Sign up to keep more, or delete pictures" in response.content.decode()
    assert Upload.objects.count() == 2


def test_where_nobody_can_sign_up_there_is_other_advice(settings: Settings) -> None:
    settings.SIGN_UP = False
    visitor = make_visitor()
    for _ in range(2):
        make_upload(visitor)
    with pytest.raises(QuotaExceeded, match="Delete pictures that you no longer need"):
        make_upload(visitor)


def test_a_user_with_a_full_quota_is_told_to_make_room(client: Client) -> None:
    client.force_login(make_user())
    for _ in range(3):
        give(client)
    assert "Delete pictures that you no longer need" in give(client).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_none_gets_past_the_quota() -> None:
    visitor = make_visitor()
    results = together(8, lambda _: make_upload(visitor))
    refused = [one.exception() for one in results if one.exception()]
    assert [type(error) for error in refused] == [QuotaExceeded] * 6
    assert Upload.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_all_would_get_past_it(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, all_have_counted, save = make_visitor(), Barrier(8), Upload.save

    def save_late(upload: Upload, **options: Any) -> None:
        if options.get("force_insert"):
            all_have_counted.wait(timeout=30)
        save(upload, **options)

    monkeypatch.setattr(storing, "wait_for_others", lambda _owner: None)
    monkeypatch.setattr(Upload, "save", save_late)
    together(8, lambda _: make_upload(visitor))
    assert Upload.objects.count() == 8
