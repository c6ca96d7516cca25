from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

if TYPE_CHECKING:
    from django.test import Client

    from recognizer.models import Owner
    from tests.recognizer.everybody import Cast


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """A folder of its own for each test's stored files; uploads make it on first use."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def owner(db: None, client: "Client") -> "Owner":
    """A user, whom the client is signed in as."""
    # Models can't be imported before Django has its settings.
    from recognizer.models import Owner
    from tests.makers import make_user

    user = make_user()
    client.force_login(user)
    return Owner(user=user)


@pytest.fixture
def cast(db: None) -> "Cast":
    """Everybody who may ask, signed in and with uploads."""
    # Models can't be imported before Django has its settings.
    from tests.recognizer.everybody import make_cast

    return make_cast()
