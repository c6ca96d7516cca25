"""Storages that fail."""

import errno

from django.core.files.storage import FileSystemStorage
from pytest_django import Settings

from recognizer.storage.disk import DurableFileStorage


def use_storage(settings: Settings, storage: type[FileSystemStorage]) -> None:
    backend = {"BACKEND": f"{storage.__module__}.{storage.__qualname__}"}
    settings.STORAGES = settings.STORAGES | {"default": backend}


class FullStorage(DurableFileStorage):
    def _save(self, *_args: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")


class StuckStorage(DurableFileStorage):
    def delete(self, name: str) -> None:
        raise OSError(errno.EIO, f"{name} can't be removed")
