"""Settings are read once per process, so each test starts a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
KEY = "for-tests-only-but-as-long-as-a-real-one"
SHOW = """
import json, sys
from digitrec import settings
found = {name: value for name, value in vars(settings).items() if name.isupper()}
found["modules"] = [name for name in ("tensorflow", "keras", "mlmodel") if name in sys.modules]
print(json.dumps(found, default=str))
"""


def _settings(**environment: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_started(**environment).stdout)
    return found


def _started(**environment: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.environ["PATH"], "SECRET_KEY": KEY} | environment
    command = [sys.executable, "-c", SHOW]
    return subprocess.run(
        command, cwd=PROJECT, env=given, capture_output=True, text=True, check=False
    )


def test_without_any_variable_it_is_safe_and_local() -> None:
    found = _settings()
    assert found["DEBUG"] is False
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert found["DATABASES"]["default"]["HOST"].endswith("var/postgres")
    assert found["STORAGES"]["default"] == {"BACKEND": "recognizer.storage.disk.DurableFileStorage"}


def test_people_make_their_accounts_themselves_unless_told_otherwise() -> None:
    assert _settings()["SIGN_UP"] is True
    assert _settings(SIGN_UP="0")["SIGN_UP"] is False


def test_behind_tls_cookies_travel_over_https_only() -> None:
    found = _settings(HTTPS="1")
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] > 0
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_behind_tls_no_other_host_can_set_cookies() -> None:
    found = _settings(HTTPS="1")
    assert found["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert found["CSRF_COOKIE_NAME"] == "__Host-csrftoken"


def test_below_a_path_cookies_are_for_that_path_alone() -> None:
    found = _settings(HTTPS="1", SITE_PATH="office/digits")
    for cookie in ("SESSION", "CSRF", "LANGUAGE"):
        assert found[f"{cookie}_COOKIE_PATH"] == "/office/digits/"
    # A browser takes __Host- with the path / alone.
    assert found["SESSION_COOKIE_NAME"] == "__Secure-sessionid"
    assert found["CSRF_COOKIE_NAME"] == "__Secure-csrftoken"
    assert found["STATIC_URL"] == "office/digits/static/"


def test_no_script_reads_a_cookie_and_no_other_site_sends_one() -> None:
    found = _settings()
    for cookie in ("SESSION", "CSRF"):
        assert found[f"{cookie}_COOKIE_HTTPONLY"]
        assert found[f"{cookie}_COOKIE_SAMESITE"] == "Lax"


@pytest.mark.parametrize(
    "unsafe",
    [
        {"DEBUG": "1", "SECRET_KEY": "short"},
        {"DEBUG": "1", "HTTPS": "1"},
        {"HTTPS": "1", "SECRET_KEY": "short"},
        {"ALLOWED_HOSTS": "*"},
    ],
    ids=str,
)
def test_unsafe_settings_do_not_start(unsafe: dict[str, str]) -> None:
    started = _started(**unsafe)
    assert started.returncode == 1
    assert "ImproperlyConfigured" in started.stderr


def test_a_forwarded_header_is_not_believed_without_a_proxy() -> None:
    assert _settings()["SECURE_PROXY_SSL_HEADER"] is None


def test_a_server_of_ones_own_is_used() -> None:
    database = _settings(DATABASE_URL="postgresql://me@db.example/digits")["DATABASES"]["default"]
    assert (database["HOST"], database["NAME"]) == ("db.example", "digits")
    assert database["OPTIONS"]["connect_timeout"] > 0


def test_pictures_go_to_a_bucket_that_is_named() -> None:
    storage = _settings(S3_BUCKET="digits", S3_ENDPOINT_URL="https://s3.example")["STORAGES"]
    assert storage["default"]["OPTIONS"]["bucket_name"] == "digits"
    assert storage["default"]["OPTIONS"]["endpoint_url"] == "https://s3.example"
    assert storage["default"]["BACKEND"] == "recognizer.storage.bucket.WholeS3Storage"


def test_pictures_are_encrypted_as_is_wished() -> None:
    storage = _settings(S3_BUCKET="digits", S3_ENCRYPTION="AES256")["STORAGES"]["default"]
    assert storage["OPTIONS"]["object_parameters"] == {"ServerSideEncryption": "AES256"}


def test_only_the_web_waits_no_longer_than_people_do() -> None:
    web, command = (
        _settings(**given)["DATABASES"]["default"] for given in ({"WEB_PROCESS": "1"}, {})
    )
    assert web["OPTIONS"]["session_settings"]["statement_timeout"] == "5s"
    assert web["CONN_HEALTH_CHECKS"]
    assert "session_settings" not in command["OPTIONS"]


def test_pages_may_run_nothing_inline_and_nothing_from_elsewhere() -> None:
    directives = _settings()["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert directives["default-src"] == ["'self'"]
    assert "unsafe" not in json.dumps(directives)


def test_settings_load_no_model_and_no_tensorflow() -> None:
    assert _settings()["modules"] == []


def test_the_level_of_the_log_holds_for_djangos_own_lines_too() -> None:
    found = _settings(LOG_LEVEL="CRITICAL")
    assert found["LOGGING"]["handlers"]["console"]["level"] == "CRITICAL"
