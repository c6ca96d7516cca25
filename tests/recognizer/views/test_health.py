from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from recognizer.monitoring import health
from recognizer.storage.disk import MARKER
from tests.makers import lose_the_model, make_upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_known", None)


def refuse(*_args: Any) -> None:
    raise OperationalError("could not connect to server at 10.1.2.3")


def test_a_whole_server_is_ready(client: Client) -> None:
    response = client.get("/healthz/ready")
    assert response.status_code == 200
    assert set(response.json().values()) == {"ok"}
    assert "no-store" in response["Cache-Control"]


def test_alive_is_alive_without_a_database(client: Client) -> None:
    with connection.execute_wrapper(refuse):
        assert client.get("/healthz/live").content == b"ok"


def test_without_a_database_it_is_not_ready_and_tells_no_address(client: Client) -> None:
    with connection.execute_wrapper(refuse):
        response = client.get("/healthz/ready")
    assert response.status_code == 503
    assert response.json()["database"] == "away"
    assert "10.1.2.3" not in response.content.decode()


def test_an_answer_is_good_for_a_moment(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/healthz/ready")
    with connection.execute_wrapper(refuse):
        assert client.get("/healthz/ready").status_code == 200
        monkeypatch.setattr(health, "_known", None)
        assert client.get("/healthz/ready").status_code == 503


def test_a_disk_that_is_not_mounted_is_named(client: Client, media: Path) -> None:
    make_upload()
    media.rename(media.with_name("unmounted"))
    assert client.get("/healthz/ready").json()["storage"] == "away"
    assert not (media / MARKER).exists()


def test_a_missing_model_is_named(client: Client, settings: Settings, tmp_path: Path) -> None:
    lose_the_model(settings, tmp_path)
    assert client.get("/healthz/ready").json()["model"] == "missing"


def test_a_pending_migration_is_named(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    newest = max(name for app, name in recorder.applied_migrations() if app == "recognizer")
    recorder.record_unapplied("recognizer", newest)
    assert client.get("/healthz/ready").json()["migrations"] == "pending"
