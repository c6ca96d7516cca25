"""What every storage must do: the local disk, and a bucket that a real server offers."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from recognizer.models import FileRemoval, Upload
from recognizer.storage.bucket import BucketUnavailable
from recognizer.storage.protocol import StorageUnavailable
from recognizer.upkeep.backup import back_up
from recognizer.upkeep.restoring import restore
from recognizer.upkeep.sweep import sweep
from recognizer.upkeep.verification import files_under, verify_storage
from recognizer.uploads.deletion import delete_uploads
from recognizer.uploads.reading import read_again
from tests.makers import make_upload
from tests.recognizer.views.visitors import give

pytestmark = pytest.mark.django_db(transaction=True)

BUCKET = "pictures"
MOST_PATIENCE_S = 15


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The address of a store that speaks S3."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def use_bucket(settings: Settings, address: str) -> None:
    backend = {
        "BACKEND": "recognizer.storage.bucket.WholeS3Storage",
        "OPTIONS": {
            "bucket_name": BUCKET,
            "endpoint_url": address,
            "access_key": "test",
            "secret_key": "test",
            "region_name": "us-east-1",
        },
    }
    settings.STORAGES = settings.STORAGES | {"default": backend}


@pytest.fixture
def bucket(settings: Settings, moto: str) -> str:
    client: Any = boto3.client(
        "s3",
        endpoint_url=moto,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket=BUCKET)
    for entry in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=entry["Key"])
    use_bucket(settings, moto)
    return moto


@pytest.fixture(params=["disk", "bucket"])
def storage(request: pytest.FixtureRequest, media: Path) -> str:
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    return str(request.param)


def test_a_file_comes_back_as_it_was_given(storage: str) -> None:
    assert default_storage.save("uploads/ab/1.png", ContentFile(b"content")) == "uploads/ab/1.png"
    with default_storage.open("uploads/ab/1.png") as file:
        assert file.read() == b"content"
    assert default_storage.exists("uploads/ab/1.png")
    assert default_storage.size("uploads/ab/1.png") == 7


def test_what_is_not_there_is_said_not_to_be(storage: str) -> None:
    assert not default_storage.exists("uploads/none.png")
    with pytest.raises(FileNotFoundError), default_storage.open("uploads/none.png") as file:
        file.read()
    default_storage.delete("uploads/none.png")


def test_the_same_file_can_be_stored_again(storage: str) -> None:
    for _ in range(2):
        assert default_storage.save("uploads/1.png", ContentFile(b"content")) == "uploads/1.png"


def test_what_is_not_there_has_no_time(storage: str) -> None:
    with pytest.raises(FileNotFoundError):
        default_storage.get_modified_time("uploads/none.png")


def test_deleted_is_gone(storage: str) -> None:
    default_storage.save("uploads/1.png", ContentFile(b"content"))
    default_storage.delete("uploads/1.png")
    assert not default_storage.exists("uploads/1.png")


def test_all_files_are_listed(storage: str) -> None:
    names = ["uploads/ab/1.png", "uploads/ab/2.png", "uploads/cd/3.png"]
    for name in names:
        default_storage.save(name, ContentFile(b"content"))
    assert sorted(files_under("uploads")) == names
    assert list(files_under("quarantine")) == []


def test_an_upload_lives_from_giving_to_deleting(storage: str) -> None:
    upload = make_upload()
    assert upload.stored
    assert read_again(upload).text == "42"
    assert verify_storage().is_sound
    delete_uploads([upload])
    assert list(files_under("uploads")) == []
    assert not FileRemoval.objects.exists()


def test_a_backup_of_it_can_be_restored(storage: str, tmp_path: Path) -> None:
    make_upload()
    folder, _ = back_up(tmp_path / "backups", report=lambda *_: None)
    call_command("flush", interactive=False, verbosity=0)
    for name in list(files_under("uploads")):
        default_storage.delete(name)
    restore(folder, report=lambda *_: None)
    assert verify_storage().whole == 1


def test_a_sweep_works_on_it(storage: str) -> None:
    upload = make_upload()
    default_storage.delete(str(upload.file.name))
    assert sweep(apply=True).missing == 1


def test_another_file_is_not_written_over(bucket: str) -> None:
    default_storage.save("uploads/1.png", ContentFile(b"first"))
    with pytest.raises(BucketUnavailable):
        default_storage.save("uploads/1.png", ContentFile(b"second"))
    with default_storage.open("uploads/1.png") as file:
        assert file.read() == b"first"


class DeadEnd:
    """A listener that answers every request in one way, or never."""

    def __init__(self, answer: bytes | None) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._taken: list[socket.socket] = []
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                taken, _ = self._listener.accept()
            except OSError:
                return
            self._taken.append(taken)
            if self._answer is not None:
                taken.recv(65536)
                taken.sendall(self._answer)
                taken.close()

    def close(self) -> None:
        self._listener.close()
        for taken in self._taken:
            taken.close()


SLOW_DOWN = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: 67\r\n"
    b"Connection: close\r\n\r\n"
    b"<Error><Code>SlowDown</Code><Message>Slow down</Message></Error>   "
)
ANSWERS = {"refuses": b"", "slows down": SLOW_DOWN, "never answers": None}


@pytest.fixture(params=list(ANSWERS))
def dead_bucket(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    end = DeadEnd(ANSWERS[request.param])
    if request.param == "refuses":
        end.close()
    use_bucket(settings, end.address)
    yield
    end.close()


def test_a_dead_bucket_is_told_in_time_and_keeps_nothing(dead_bucket: None) -> None:
    started = time.monotonic()
    with pytest.raises(StorageUnavailable):
        make_upload()
    assert time.monotonic() - started < MOST_PATIENCE_S
    assert not Upload.objects.exists()
    assert FileRemoval.objects.count() == 1


def test_the_page_of_a_dead_bucket_says_so(client: Any, settings: Settings) -> None:
    end = DeadEnd(SLOW_DOWN)
    use_bucket(settings, end.address)
    response = give(client)
    end.close()
    assert response.status_code == 503
    assert response["Retry-After"]


def test_a_reply_that_was_lost_costs_nothing(bucket: str) -> None:
    upload = make_upload()
    with default_storage.open(str(upload.file.name)) as file:
        data = file.read()
    # As a retry does when the first reply never came.
    assert default_storage.save(str(upload.file.name), ContentFile(data)) == upload.file.name
    assert verify_storage().is_sound


def test_after_an_outage_the_next_upload_is_stored(settings: Settings, bucket: str) -> None:
    end = DeadEnd(b"")
    end.close()
    use_bucket(settings, end.address)
    with pytest.raises(StorageUnavailable):
        make_upload()
    use_bucket(settings, bucket)
    assert make_upload().stored
    assert sweep(apply=True).missing == 0
