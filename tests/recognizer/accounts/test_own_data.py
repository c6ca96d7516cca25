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
from django.core.files.base import ContentFile

from recognizer.accounts import own_data
from recognizer.batches.giving import Wanted, close, give, open_batch
from recognizer.batches.serving import serve
from recognizer.checking.verified_text import verify
from recognizer.models import (
    Batch,
    BatchItem,
    BatchSource,
    DigitPrediction,
    FileRemoval,
    Owner,
    Prediction,
    SavedRule,
    Upload,
)
from tests.makers import digits_png, make_upload, make_upload_row, make_user, make_visitor
from tests.recognizer.upkeep.test_retention import files, note

pytestmark = pytest.mark.django_db(transaction=True)

TWO_DIGITS = {"length": {"least": 2, "most": 2}}


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


def batch_of(user: User, *, is_opened: bool = True) -> Batch:
    """A batch under a rule, with a picture and a file that is none; opened or waiting."""
    rule = SavedRule.objects.create(user=user, name="meter", definition=TWO_DIGITS)
    batch = open_batch(user, Wanted("Meters", rule=rule))
    give(batch, ContentFile(digits_png("47")), "one.png")
    give(batch, ContentFile(b"no picture"), "two.txt")
    close(batch)
    while is_opened and serve():
        pass
    return batch


def test_an_archive_holds_what_its_owner_said_of_pictures() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    verify(make_upload_row(Owner(user=bob)), "0047", by=Owner(user=ada))
    (check,) = unpacked(Owner(user=ada))[0]["checks"]
    assert (check["written"], check["verdict"]) == ("0047", "text")
    assert unpacked(Owner(user=bob))[0]["checks"] == []


def test_an_archive_holds_batches_and_rules() -> None:
    user = make_user()
    batch = batch_of(user)
    data, _ = unpacked(Owner(user=user))
    (rule,), (told,) = data["rules"], data["batches"]
    assert (rule["name"], rule["definition"]) == ("meter", TWO_DIGITS)
    assert (told["name"], told["rule"], told["id"]) == ("Meters", rule["id"], str(batch.pk))
    assert [source["name"] for source in told["sources"]] == ["one.png", "two.txt"]
    assert [(each["name"], each["state"]) for each in told["pictures"]] == [
        ("one.png", "by_machine"),
        ("two.txt", "refused"),
    ]
    assert told["pictures"][0]["text"] == "47"
    assert data["uploads"][0]["id"] in told["pictures"][0]["link"]


def test_an_archive_holds_files_that_wait_to_be_opened() -> None:
    user = make_user()
    batch_of(user, is_opened=False)
    data, archive = unpacked(Owner(user=user))
    files = [source["file"] for source in data["batches"][0]["sources"]]
    assert [archive.read(file) for file in files] == [digits_png("47"), b"no picture"]


def test_it_holds_no_batch_of_others() -> None:
    batch_of(make_user())
    data, _ = unpacked(Owner(user=make_user("eve")))
    assert (data["batches"], data["rules"]) == ([], [])
    assert unpacked(make_visitor())[0]["batches"] == []


@pytest.mark.parametrize("is_opened", [True, False])
@pytest.mark.parametrize("with_account", [True, False])
def test_of_batches_no_row_and_no_file_is_left(
    media: Path, *, is_opened: bool, with_account: bool
) -> None:
    user, other = make_user(), make_user("eve")
    kept = batch_of(other)
    batch_of(user, is_opened=is_opened)
    if with_account:
        own_data.delete_account(Owner(user=user), user)
    else:
        assert own_data.delete(Owner(user=user)) == is_opened
    assert list(Batch.objects.all()) == [kept]
    assert [rule.user for rule in SavedRule.objects.all()] == [other]
    assert {row.batch for model in (BatchSource, BatchItem) for row in model.objects.all()} == {
        kept
    }
    assert not FileRemoval.objects.exists()
    assert [path for path in media.rglob("sources/**/*") if path.is_file()] == []
    assert files(media) == 1


def test_an_archive_of_many_pictures_is_written_in_little_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own_data, "PART_BYTES", 1000)
    user = make_user()
    batch_of(user, is_opened=False)
    parts = list(own_data.archive(Owner(user=user)))
    assert len(parts) > 3
    assert max(map(len, parts)) < 5000
