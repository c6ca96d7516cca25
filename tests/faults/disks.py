"""Disks that are full, and disks that fail at random."""

import errno
import io
import os
import random
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest

FULL_DISK_BYTES = 8 * 2**20


def mount(*arguments: object) -> bool:
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False)
    return done.returncode == 0


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of 8 MiB at this folder; skips where none may be mounted."""
    folder.mkdir()
    if not (shutil.which("mount") and mount("-t", "tmpfs", "-o", "size=8m", "tmpfs", folder)):
        pytest.skip("only root may mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=False)


@contextmanager
def file_size_limit(limit: int) -> Iterator[None]:
    """No file may grow beyond this: whoever tries is cut short, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


class FaultyDisk:
    """Has the system refuse one in so many calls that touch a folder, as a seed has it."""

    CALLS = ("fsync", "rename", "open", "mkdir", "unlink", "chmod")
    CODES = (errno.ENOSPC, errno.EIO)

    def __init__(self, folder: Path, *, seed: int, share: float) -> None:
        self.folder = str(folder)
        self.random = random.Random(seed)
        self.share = share
        self.faults = 0
        self.patch = pytest.MonkeyPatch()

    def __enter__(self) -> Self:
        for name in self.CALLS:
            self.patch.setattr(os, name, self._failing(getattr(os, name)))
        self.patch.setattr(io, "open", self._opening(io.open))
        return self

    def __exit__(self, *_: object) -> None:
        self.patch.undo()

    def _failing(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def failing(what: Any, *arguments: Any, **options: Any) -> Any:
            if self._is_here(what):
                self.maybe_fail()
            return call(what, *arguments, **options)

        return failing

    def _opening(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def opening(what: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            if not self._is_here(what):
                return call(what, mode, *arguments, **options)
            self.maybe_fail()
            file = call(what, mode, *arguments, **options)
            return FaultyFile(file, self) if "w" in mode else file

        return opening

    def _is_here(self, what: Any) -> bool:
        path = f"/proc/self/fd/{what}" if isinstance(what, int) else what
        return os.path.realpath(path).startswith(self.folder)

    def maybe_fail(self) -> None:
        if self.random.random() < self.share:
            self.faults += 1
            code = self.random.choice(self.CODES)
            raise OSError(code, os.strerror(code))


class FaultyFile(io.BufferedWriter):
    """Takes a part of what is written before it fails."""

    def __init__(self, file: io.BufferedWriter, disk: FaultyDisk) -> None:
        super().__init__(file.detach())
        self.disk = disk

    def write(self, data: Any) -> int:
        try:
            self.disk.maybe_fail()
        except OSError:
            super().write(data[: len(data) // 2])
            raise
        return super().write(data)
