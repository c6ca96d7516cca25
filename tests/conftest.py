"""A database, folders and settings of the tests' own, before Django reads its settings."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from digitrec.launch import embedded_postgres

# A busy machine is slow now and then, and that is no fault of what is tested.
hypothesis.settings.register_profile("digitrec", deadline=None)
hypothesis.settings.load_profile("digitrec")

_scratch = tempfile.TemporaryDirectory(prefix="digitrec-tests-")
_folder = Path(_scratch.name)
_data_dir = _folder / "postgres"
_server_of_ours = not (os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL"))

os.environ |= {
    "DATABASE_URL": (
        embedded_postgres.url(_data_dir)
        if _server_of_ours
        else os.environ.get("TEST_DATABASE_URL") or os.environ["DATABASE_URL"]
    ),
    "MEDIA_ROOT": str(_folder / "media"),
    "SECRET_KEY": "for-tests-only",
    "DJANGO_SETTINGS_MODULE": "digitrec.settings",
}


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    # Workers of pytest-xdist share the server of the process that starts them, a database each.
    if _server_of_ours and config.getoption("numprocesses", None):
        server = embedded_postgres.EmbeddedPostgres(_data_dir, durable=False)
        server.start()
        config.add_cleanup(server.stop)
    settings.MEDIA_ROOT = _folder / "media"  # a worker's settings were read before this file was
    for name in ("media", "static"):
        (_folder / name).mkdir(exist_ok=True)
    settings.STATIC_ROOT = _folder / "static"
    # Names with a checksum exist only after collectstatic, which the launcher's tests run.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    # The real one takes 0.2 s for each password, on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_unconfigure() -> None:
    _scratch.cleanup()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Have a server while any test needs one: 0.5 s to make, and gone with its folder."""
    if not _server_of_ours:
        yield
        return
    with embedded_postgres.EmbeddedPostgres(_data_dir, durable=False):
        yield


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A request leaves its language behind in its thread, and the next test would speak it."""
    yield
    from django.utils import translation

    translation.deactivate()
