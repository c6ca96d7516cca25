import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pythonjsonlogger.json import JsonFormatter

from recognizer.models import Upload
from recognizer.monitoring.log_filters import WithoutPaths
from recognizer.monitoring.request_id import WithRequestId
from tests.makers import digits_png

pytestmark = pytest.mark.django_db

LOGGING: Any = settings.LOGGING
JSON = LOGGING["formatters"]["json"]
CANARY = "canary-jane.doe@example.org"


class Log:
    """What the server writes with LOG_FORMAT=json."""

    def __init__(self) -> None:
        self._stream = StringIO()
        self.handler = logging.StreamHandler(self._stream)
        self.handler.addFilter(WithRequestId())
        self.handler.addFilter(WithoutPaths())
        self.handler.setFormatter(JsonFormatter(JSON["format"], style=JSON["style"]))

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def lines(self, beginning: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in lines if line["message"].startswith(beginning)]


@pytest.fixture
def log() -> Iterator[Log]:
    log = Log()
    logging.getLogger().addHandler(log.handler)
    yield log
    logging.getLogger().removeHandler(log.handler)


def test_the_server_writes_its_log_through_both_filters() -> None:
    assert LOGGING["handlers"]["console"]["filters"] == ["request_id", "without_paths"]


def test_every_request_has_one_line(client: Client, log: Log) -> None:
    answer = client.get("/about/")
    (line,) = log.lines("request ")
    assert line["request_id"] == answer["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "recognizer:about", 200)
    assert line["ms"] >= 0


def test_a_picture_that_is_taken_has_one_line(client: Client, log: Log) -> None:
    data = digits_png("42")
    answer = client.post("/", {"picture": SimpleUploadedFile("d.png", data)})
    (line,) = log.lines("upload taken")
    upload = Upload.objects.get()
    assert line["request_id"] == answer["X-Request-ID"]
    assert (line["upload"], line["bytes"], line["format"]) == (str(upload.pk), len(data), "png")
    assert line["route"] == "recognizer:upload"
    assert line["ms"] > 0


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"picture": SimpleUploadedFile("d.png", b"no picture")}, "unsupported_type"),
        ({}, "missing_file"),
        ({"picture": SimpleUploadedFile("d.png", b"")}, "empty_file"),
    ],
    ids=["no picture", "nothing", "an empty file"],
)
def test_a_picture_that_is_refused_has_one_line_with_the_reason(
    client: Client, log: Log, sent: dict[str, Any], code: str
) -> None:
    client.post("/", sent)
    (line,) = log.lines("upload refused")
    assert line["code"] == code
    assert line["bytes"] > 0


def test_the_line_of_a_full_disk_names_the_storage(
    client: Client, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> str:
        raise OSError("No space left on device")

    monkeypatch.setattr("recognizer.storage.disk.DurableFileStorage._save", full)
    client.post("/", {"picture": SimpleUploadedFile("d.png", digits_png("42"))})
    (line,) = log.lines("upload refused")
    assert line["code"] == "storage_unavailable"


@pytest.mark.parametrize(
    "path",
    [
        f"/uploads/?q={CANARY}",
        f"/{CANARY}/",
        f"/examples/{CANARY.replace('@', '-').replace('.', '-')}/",
        f"/admin/auth/user/{CANARY}/change/",
    ],
)
def test_no_line_holds_what_an_address_holds(log: Log, path: str) -> None:
    curious = Client(
        raise_request_exception=False, HTTP_HOST="localhost", REMOTE_ADDR="203.0.113.7"
    )
    for method in (curious.get, curious.post):
        method(path, HTTP_USER_AGENT=CANARY, HTTP_REFERER=f"https://{CANARY}/")
    assert log.text
    assert "canary" not in log.text
    assert "203.0.113.7" not in log.text


def test_only_the_line_that_asks_about_a_refused_host_holds_it(log: Log) -> None:
    Client(raise_request_exception=False).get(f"/{CANARY}", HTTP_HOST="unknown.example.org")
    (line,) = log.lines("request ")
    assert line["status"] == 400
    (told,) = [line for line in log.text.splitlines() if "unknown.example.org" in line]
    assert "ALLOWED_HOSTS" in told
    assert "canary" not in log.text


def test_no_line_holds_a_method_that_somebody_made_up(client: Client, log: Log) -> None:
    client.generic("CANARY", "/about/")
    assert log.lines("request ")[0]["method"] == "other"
    assert "CANARY" not in log.text


def test_a_fault_has_its_traceback_under_the_number_that_the_page_shows(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recognizer.views.about.render", lambda *_args: 1 / 0)
    answer = Client(raise_request_exception=False).get("/about/")
    (line,) = log.lines("answered 500 at recognizer:about")
    assert "ZeroDivisionError" in line["exc_info"]
    assert line["request_id"] in answer.content.decode()


def test_no_line_names_who_signs_in(client: Client, log: Log) -> None:
    client.post("/accounts/log-in/", {"username": CANARY, "password": "wrong"})
    assert log.lines("request ")
    assert "canary" not in log.text
