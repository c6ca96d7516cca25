from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from recognizer.models import Upload
from recognizer.upkeep.hourly import run_hourly_upkeep
from recognizer.upkeep.sweep import _SWEEP_LOCK, SweepRunning
from tests.makers import digits_png, make_upload, make_upload_row
from tests.recognizer.upkeep.leftovers import cut_off

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_upkeep_purges_and_sweeps(settings: Settings) -> None:
    settings.RETENTION_DAYS_ANONYMOUS = 7
    cut = cut_off(digits_png("42"))
    old = make_upload_row(created=timezone.now() - timedelta(days=8))
    assert run_hourly_upkeep()
    assert not Upload.objects.filter(pk=old.pk).exists()
    assert Upload.objects.get(pk=cut.pk).stored


def test_a_purge_that_fails_keeps_no_sweep_from_its_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("recognizer.upkeep.retention.purge", lambda: 1 / 0)
    cut = cut_off(digits_png("42"))
    assert not run_hourly_upkeep()
    assert Upload.objects.get(pk=cut.pk).stored
    assert "the purge failed" in caplog.text
    with pytest.raises(CommandError, match="Not all of the upkeep could be done"):
        call_command("upkeep")


def test_of_two_upkeeps_at_once_one_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "recognizer.upkeep.retention.purge", lambda: pytest.fail("a second one worked")
    )
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_SWEEP_LOCK])
    try:
        with pytest.raises(SweepRunning):
            run_hourly_upkeep()
        call_command("upkeep")  # is no error
    finally:
        other.close()


def test_files_that_are_missing_are_an_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    upload = make_upload()
    default_storage.delete(str(upload.file.name))
    assert run_hourly_upkeep()
    assert [each.levelname for each in caplog.records if "missing: 1" in each.message] == ["ERROR"]
