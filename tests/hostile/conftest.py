from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """A folder of its own for each test's stored files; uploads make it on first use."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"
