import os
from pathlib import Path

import pytest

from mlmodel.durable import sync_folder, write_durably


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
