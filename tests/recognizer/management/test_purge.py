from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from recognizer import retention
from recognizer.models import Upload
from tests.makers import make_upload, make_visitor
from tests.recognizer.test_retention import after


def purge(*arguments: str) -> str:
    out = StringIO()
    call_command("purge", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_it_says_what_went() -> None:
    make_upload(make_visitor())
    with after(91):
        assert purge("--dry-run") == "would be deleted: uploads=1 sessions=0 notes=0\n"
        assert purge() == "deleted: uploads=1 sessions=0 notes=0\n"
    assert not Upload.objects.exists()


def test_a_database_that_is_away_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*, dry_run: bool) -> None:
        raise OperationalError("connection refused\nis it running?")

    monkeypatch.setattr(retention, "purge", away)
    with pytest.raises(CommandError, match=r"can't be used: connection refused$"):
        purge()
