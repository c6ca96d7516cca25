from io import StringIO

import pytest
from django.core.management import call_command

from recognizer.models import Upload
from tests.makers import make_upload, make_visitor
from tests.recognizer.upkeep.test_retention import after


def purge(*arguments: str) -> str:
    out = StringIO()
    call_command("purge", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_it_says_what_went() -> None:
    make_upload(make_visitor())
    with after(91):
        assert purge("--dry-run") == "would be deleted: batches=0 uploads=1 sessions=0 notes=0\n"
        assert purge() == "deleted: batches=0 uploads=1 sessions=0 notes=0\n"
    assert not Upload.objects.exists()
