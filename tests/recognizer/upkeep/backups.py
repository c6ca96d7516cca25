"""Backups, and the loss of everything after them."""

from pathlib import Path

from django.core.management import call_command
from pytest_django import Settings

from recognizer.upkeep.backup import back_up


def silent(_what: str, _done: int, _total: int) -> None:
    pass


def backed_up(into: Path) -> Path:
    folder, _ = back_up(into, report=silent)
    return folder


def lose_everything(settings: Settings, tmp_path: Path) -> None:
    """Start as on a new machine, with an empty database and an empty folder."""
    call_command("flush", interactive=False, verbosity=0)
    settings.MEDIA_ROOT = tmp_path / "new-media"
