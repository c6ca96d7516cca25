from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from recognizer.upkeep.verification import verify_storage
from tests.makers import make_upload
from tests.recognizer.upkeep.leftovers import stray

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_planted_bit_is_found(media: Path) -> None:
    uploads = [make_upload() for _ in range(3)]
    path = media / str(uploads[1].file.name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    found = verify_storage()
    assert (found.whole, found.changed) == (2, [uploads[1].file.name])


def test_missing_and_extra_files_are_named(media: Path) -> None:
    upload = make_upload()
    (media / str(upload.file.name)).unlink()
    stray(media, days=0)
    out = StringIO()
    with pytest.raises(CommandError, match="does not hold what the database names"):
        call_command("verify_storage", stdout=out)
    assert f"missing: {upload.file.name}" in out.getvalue()
    assert "extra: uploads/ab/left-over.png" in out.getvalue()


def test_a_sound_storage_is_said_to_be_whole() -> None:
    make_upload()
    out = StringIO()
    call_command("verify_storage", "--megabytes-per-second", "100", stdout=out)
    assert "whole: 1, missing: 0, changed: 0, extra: 0" in out.getvalue()
