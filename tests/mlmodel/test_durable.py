import errno
import os
from pathlib import Path

import pytest

from mlmodel.durable import sync_folder, write_durably
from tests.unforced import refusing_folders


@pytest.fixture
def forced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The inodes of what was forced to the disk, in order."""
    inodes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: inodes.append(os.fstat(descriptor).st_ino))
    return inodes


def test_a_file_is_written_and_forced_to_the_disk(tmp_path: Path, forced: list[int]) -> None:
    write_durably(tmp_path / "file", b"content")
    assert (tmp_path / "file").read_bytes() == b"content"
    assert forced == [(tmp_path / "file").stat().st_ino]


def test_a_folder_s_names_are_forced_to_the_disk(tmp_path: Path, forced: list[int]) -> None:
    sync_folder(tmp_path)
    assert forced == [tmp_path.stat().st_ino]


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.EBADF])
def test_where_folders_cannot_be_forced_it_goes_on_and_says_so(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sync_folder(tmp_path) is True
    monkeypatch.setattr(os, "fsync", refusing_folders(number))
    assert sync_folder(tmp_path) is False
    write_durably(tmp_path / "file", b"content")


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_a_disk_that_fails_is_an_error_for_a_folder_too(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", refusing_folders(number))
    with pytest.raises(OSError, match=os.strerror(number)):
        sync_folder(tmp_path)


def test_a_file_that_cannot_be_forced_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match=os.strerror(errno.EINVAL)):
        write_durably(tmp_path / "file", b"content")
