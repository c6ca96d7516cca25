"""Storages that fail, and one that is written as most are."""

import errno

from django.core.files.storage import FileSystemStorage
from pytest_django import Settings

from recognizer.storage import DurableFileStorage


def use_storage(settings: Settings, storage: type[FileSystemStorage]) -> None:
    backend = {"BACKEND": f"{storage.__module__}.{storage.__qualname__}"}
    settings.STORAGES = settings.STORAGES | {"default": backend}


class FullStorage(DurableFileStorage):
    def _save(self, *_args: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")


class StuckStorage(DurableFileStorage):
    def delete(self, name: str) -> None:
        raise OSError(errno.EIO, f"{name} can't be removed")


class NaiveStorage(FileSystemStorage):
    """Django's own: it trusts the disk with every byte, and does not look again."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002
        return name

    def remove_part(self, _name: str) -> None:
        """It has none."""
