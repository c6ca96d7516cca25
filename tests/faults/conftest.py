from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """A folder of its own for each run's stored files; it is made on first use."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def without_limits(settings: Settings) -> None:
    """Runs give more pictures than any person does."""
    settings.UPLOADS_PER_MINUTE = settings.UPLOADS_PER_DAY = 0
    settings.UPLOADS_PER_MINUTE_AND_ADDRESS = 0
    settings.QUOTA_VISITOR_FILES = 0
