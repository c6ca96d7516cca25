"""What somebody else does while a picture is stored or read."""

from __future__ import annotations

import errno
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import Settings

from recognizer.accounts import own_data
from recognizer.models import FileRemoval, Owner, Upload
from recognizer.storage.disk import MARKER, DurableFileStorage
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads import storing
from recognizer.uploads.quota import require_room
from recognizer.uploads.reading import UploadGone, read_again
from recognizer.uploads.recognition import recognize
from recognizer.uploads.storing import Given, take_in
from tests.makers import PASSWORD, digits_png, make_user, make_visitor
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

Save = Callable[[DurableFileStorage, str, "File[Any]"], str]


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file() and path.name != MARKER]


def while_storing(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    own: Save = DurableFileStorage._save

    def save(storage: DurableFileStorage, name: str, content: File[Any]) -> str:
        happens()
        return own(storage, name, content)

    monkeypatch.setattr(DurableFileStorage, "_save", save)


def elsewhere(act: Callable[[], object]) -> None:
    """Do it in another session of the database, and wait a while for it."""

    def go() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=go)
    thread.start()
    thread.join(10)


def test_one_picture_sent_twice_needs_no_room_twice(settings: Settings) -> None:
    settings.QUOTA_VISITOR_FILES = 1
    owner, data, all_began = make_visitor(), digits_png("42"), Barrier(6)

    def give(_number: int) -> Upload:
        all_began.wait(30)
        return recognize(Given(data, "file", key="k1"), owner)

    assert len({answer.result().pk for answer in together(6, give)}) == 1


def test_what_is_deleted_while_it_is_stored_leaves_no_file(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make_visitor()
    while_storing(monkeypatch, lambda: own_data.delete(owner))
    with pytest.raises(UploadGone):
        recognize(Given(digits_png("42"), "file"), owner)
    assert not Upload.objects.exists()
    assert files(media) == []


def test_what_is_deleted_while_its_storing_fails_is_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner = make_visitor()

    def fail() -> None:
        own_data.delete(owner)
        raise OSError(errno.ENOSPC, "No space left on device")

    while_storing(monkeypatch, fail)
    with pytest.raises(StorageUnavailable):
        recognize(Given(digits_png("42"), "file"), owner)
    assert not FileRemoval.objects.exists()


def test_readings_never_refuse_a_deletion() -> None:
    owner, chance, errors = make_visitor(), random.Random(7), []
    for _ in range(4):
        uploads = [take_in(Given(digits_png("42"), "file"), owner) for _ in range(5)]

        def work(number: int, given: list[Upload] = uploads) -> None:
            if number == 0:
                time.sleep(chance.uniform(0.03, 0.05))
                own_data.delete(owner)
                return
            for upload in given:
                try:
                    read_again(Upload.objects.get(pk=upload.pk))
                except (UploadGone, Upload.DoesNotExist, StorageUnavailable):
                    continue

        errors += [answer.exception() for answer in together(3, work) if answer.exception()]
        own_data.delete(owner)
    assert errors == []
    assert not Upload.objects.exists()


def test_an_account_that_is_deleted_while_it_gives_takes_all_along(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, own = make_user(), require_room

    def slow(owner: Owner, *, files: int, byte_count: int) -> None:
        own(owner, files=files, byte_count=byte_count)
        account = User.objects.get(pk=user.pk)
        elsewhere(lambda: own_data.delete_account(Owner(user=account), account))

    monkeypatch.setattr(storing, "require_room", slow)
    with pytest.raises(UploadGone):
        recognize(Given(digits_png("42"), "file"), Owner(user=user))
    assert not User.objects.filter(pk=user.pk).exists()
    assert files(media) == []


def test_who_signs_in_while_a_picture_is_stored_gets_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, other = make_user(), Client()
    client.post("/", {"picture": SimpleUploadedFile("a.png", digits_png("7")), "source": "file"})
    other.cookies = client.cookies

    def sign_in() -> None:
        answer = other.post("/accounts/log-in/", {"username": "ada", "password": PASSWORD})
        assert answer.status_code == 302

    while_storing(monkeypatch, lambda: elsewhere(sign_in))
    answer = client.post(
        "/", {"picture": SimpleUploadedFile("b.png", digits_png("42")), "source": "file"}
    )
    assert answer.status_code == 302
    assert Upload.objects.filter(user=user).count() == 2
