from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import Settings

from recognizer.batches.giving import Wanted, give, open_batch
from recognizer.batches.serving import serve
from recognizer.models import Batch, BatchItem, DigitPrediction, Owner, Prediction, Upload
from recognizer.upkeep import retention
from tests.faults.report import report
from tests.makers import digits_png, make_admin, make_upload, make_user, make_visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def shorter_without_an_account(settings: Settings) -> None:
    settings.RETENTION_DAYS_ANONYMOUS = 7


def files(media: Path) -> int:
    return sum(path.is_file() for path in media.rglob("uploads/**/*"))


def rows() -> int:
    models = (Upload, Prediction, DigitPrediction, LogEntry, Session)
    return sum(model._default_manager.count() for model in models)


def after(days: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=True)


def note(upload: Upload) -> None:
    """What the administration writes down when somebody saves an upload."""
    LogEntry.objects.create(
        user=make_admin(),
        content_type=ContentType.objects.get_for_model(Upload),
        object_id=str(upload.pk),
        object_repr=str(upload),
        action_flag=2,
    )


def test_pictures_go_when_their_time_is_over(media: Path) -> None:
    anonymous, own = make_upload(make_visitor()), make_upload(Owner(user=make_user()))
    with after(6.9):
        assert retention.purge().uploads == 0
    with after(7.1):
        assert retention.purge().uploads == 1
    assert list(Upload.objects.all()) == [own]
    assert not (media / str(anonymous.file.name)).exists()
    with after(90.1):
        assert retention.purge().uploads == 1


def test_nothing_of_them_is_left(media: Path) -> None:
    for _ in range(3):
        note_worthy = make_upload(make_visitor())
    make_upload(Owner(user=make_user()))
    note(note_worthy)
    Session.objects.create(session_key="x", expire_date=timezone.now() + timedelta(days=90))
    with after(91):
        assert retention.purge() == retention.Purged(uploads=4, sessions=1, notes=1)
    report("S9", purged=4, rows=rows(), files=files(media))
    assert (rows(), files(media)) == (0, 0)


def test_a_dry_run_says_the_same_and_deletes_nothing(media: Path) -> None:
    make_upload(make_visitor())
    with after(8):
        assert retention.purge(dry_run=True).uploads == 1
        assert (Upload.objects.count(), files(media)) == (1, 1)


def test_0_days_keep_everything(settings: Settings) -> None:
    settings.RETENTION_DAYS = settings.RETENTION_DAYS_ANONYMOUS = 0
    note(make_upload(make_visitor()))
    with after(10_000):
        assert retention.purge() == retention.Purged(uploads=0, sessions=0, notes=0)


def test_an_upload_that_was_never_stored_goes_too() -> None:
    upload = make_upload(make_visitor())
    Upload.objects.filter(pk=upload.pk).update(stored=None)
    with after(8):
        assert retention.purge().uploads == 1


def batch_of(user: User, keep_days: int | None = None) -> Batch:
    """A batch with a picture that was read, and a file that waits."""
    batch = open_batch(user, Wanted("Meters", keep_days=keep_days))
    give(batch, ContentFile(digits_png()), "one.png")
    while serve():
        pass
    give(batch, ContentFile(digits_png()), "two.png")
    return batch


@pytest.mark.parametrize(
    ("keep_days", "last_day"), [(None, 90), (7, 7), (200, 200)], ids=["as all", "shorter", "longer"]
)
def test_a_batch_goes_whole_when_its_time_is_over(
    media: Path, keep_days: int | None, last_day: int
) -> None:
    batch_of(make_user(), keep_days)
    with after(last_day - 0.1):
        assert retention.purge() == retention.Purged(uploads=0, sessions=0, notes=0)
        assert BatchItem.objects.count() == 1
    with after(last_day + 0.1):
        expected = retention.Purged(uploads=1, sessions=0, notes=0, batches=1)
        assert retention.purge(dry_run=True) == expected
        assert retention.purge() == expected
    assert not Batch.objects.exists()
    assert (rows(), files(media)) == (0, 0)
    assert [path for path in media.rglob("sources/**/*") if path.is_file()] == []


def test_a_batch_may_be_kept_although_nothing_else_is(settings: Settings) -> None:
    settings.RETENTION_DAYS = 1
    batch, single = batch_of(make_user(), 30), make_upload(Owner(user=make_user("eve")))
    with after(2):
        assert retention.purge().uploads == 1
    assert not Upload.objects.filter(pk=single.pk).exists()
    assert batch.items.get().upload


def test_a_batch_is_kept_for_ever_where_pictures_are(settings: Settings) -> None:
    settings.RETENTION_DAYS = 0
    batch_of(make_user())
    with after(10_000):
        assert retention.purge().batches == 0


@pytest.mark.parametrize(
    ("days", "anonymous", "sentence"),
    [
        (90, 7, " of an account are deleted after 90 days; others are deleted after 7 days."),
        (30, 30, " are deleted after 30 days."),
        (1, 1, " are deleted after 1 day."),
        (
            0,
            7,
            " of an account are kept until you delete them; others are deleted after 7 days.",
        ),
        (
            90,
            0,
            " of an account are deleted after 90 days; others are kept until you delete them.",
        ),
        (0, 0, ""),
    ],
)
def test_visitors_are_told(settings: Settings, days: int, anonymous: int, sentence: str) -> None:
    settings.RETENTION_DAYS, settings.RETENTION_DAYS_ANONYMOUS = days, anonymous
    assert retention.promise() == (f"Pictures{sentence}" if sentence else "")
