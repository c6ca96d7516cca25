import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType

from recognizer.accounts import own_data
from recognizer.models import DigitPrediction, Owner, Prediction, Upload
from tests.makers import make_upload, make_user, make_visitor
from tests.recognizer.upkeep.test_retention import files, note

pytestmark = pytest.mark.django_db(transaction=True)


def unpacked(owner: Owner) -> tuple[dict[str, Any], zipfile.ZipFile]:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(own_data.archive(owner))))
    assert archive.testzip() is None
    return json.loads(archive.read("data.json")), archive


def test_an_archive_holds_the_pictures_and_what_was_read(media: Path) -> None:
    owner = make_visitor()
    upload = make_upload(owner, original_name="form.png")
    data, archive = unpacked(owner)
    (told,) = data["uploads"]
    assert (told["name"], told["predictions"][0]["text"]) == ("form.png", "42")
    assert [digit["value"] for digit in told["predictions"][0]["digits"]] == [4, 2]
    assert archive.read(told["picture"]) == (media / str(upload.file.name)).read_bytes()


def test_it_holds_what_is_known_of_an_account() -> None:
    user = make_user()
    data, _ = unpacked(Owner(user=user))
    assert data["account"]["username"] == user.username
    assert unpacked(make_visitor())[0]["account"] is None


def test_it_holds_nothing_of_others() -> None:
    make_upload(make_visitor())
    data, archive = unpacked(make_visitor())
    assert (data["uploads"], archive.namelist()) == ([], ["data.json"])


def test_a_picture_whose_file_is_gone_is_told_without_it(media: Path) -> None:
    owner = make_visitor()
    upload = make_upload(owner)
    (media / str(upload.file.name)).unlink()
    data, _ = unpacked(owner)
    assert data["uploads"][0]["picture"] is None


def test_an_archive_comes_in_parts_that_hold_a_picture_each() -> None:
    owner = make_visitor()
    for _ in range(3):
        make_upload(owner)
    assert len(list(own_data.archive(owner))) == 4


def test_deleting_leaves_nothing_of_one_s_own_and_all_of_others(media: Path) -> None:
    owner = make_visitor()
    note(make_upload(owner))
    make_upload(owner)
    other = make_upload(make_visitor())
    assert own_data.delete(owner) == 2
    assert list(Upload.objects.all()) == [other]
    assert Prediction.objects.exclude(upload=other).count() == 0
    assert DigitPrediction.objects.exclude(prediction__upload=other).count() == 0
    assert not LogEntry.objects.exists()
    assert files(media) == 1


def test_an_account_goes_with_what_was_noted_and_counted_about_it() -> None:
    user = make_user("ada")
    note(make_upload(Owner(user=user)))
    LogEntry.objects.create(
        user=User.objects.get(is_superuser=True),
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr="ada",
        action_flag=CHANGE,
    )
    AccessAttempt.objects.create(username="ada", failures_since_start=1)
    own_data.delete_account(Owner(user=user), user)
    assert [user.username for user in User.objects.all()] == ["grace"]
    assert not Upload.objects.exists()
    assert not LogEntry.objects.exists()
    assert not AccessAttempt.objects.exists()


def test_nobody_s_data_are_nobody_s(media: Path) -> None:
    make_upload(make_visitor())
    assert own_data.delete(Owner()) == 0
    assert files(media) == 1
