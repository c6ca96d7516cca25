import errno
import os
import resource
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File

from recognizer.storage import DurableFileStorage, ShortWrite


@pytest.fixture
def storage(media: Path) -> DurableFileStorage:
    return DurableFileStorage()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


class Observed(ContentFile):  # type: ignore[type-arg]
    """Content that looks into a folder whenever a part of it is fetched."""

    def __init__(self, content: bytes, folder: Path) -> None:
        super().__init__(content)
        self.folder = folder
        self.seen: list[list[str]] = []

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for chunk in super().chunks(chunk_size):
            self.seen.append(names(self.folder))
            yield chunk


class Broken(ContentFile):  # type: ignore[type-arg]
    """Content that ends in an error after its last byte."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield from super().chunks(chunk_size)
        raise OSError(errno.EIO, "the disk is broken")


def test_a_saved_file_holds_what_was_given(storage: DurableFileStorage, media: Path) -> None:
    assert storage.save("uploads/ab/1.png", ContentFile(b"content")) == "uploads/ab/1.png"
    assert (media / "uploads/ab/1.png").read_bytes() == b"content"


def test_a_file_has_its_name_only_when_it_is_whole(
    storage: DurableFileStorage, media: Path
) -> None:
    content = Observed(b"content", media)
    storage.save("1.png", content)
    assert content.seen == [["1.png.part"]]
    assert names(media) == ["1.png"]


def test_only_the_server_s_user_may_read_it(storage: DurableFileStorage, media: Path) -> None:
    storage.save("uploads/1.png", ContentFile(b"content"))
    assert stat.S_IMODE((media / "uploads/1.png").stat().st_mode) == 0o600
    assert stat.S_IMODE((media / "uploads").stat().st_mode) == 0o700


def test_the_file_and_its_name_are_forced_to_the_disk(
    storage: DurableFileStorage, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[str] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        forced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    storage.save("1.png", ContentFile(b"content"))
    assert forced == ["1.png.part", media.name]


def test_a_failed_write_leaves_nothing(storage: DurableFileStorage, media: Path) -> None:
    with pytest.raises(OSError, match="broken"):
        storage.save("1.png", Broken(b"content"))
    assert names(media) == []
    assert storage.save("1.png", ContentFile(b"content")) == "1.png"


def test_a_full_disk_leaves_nothing(storage: DurableFileStorage, media: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            storage.save("1.png", ContentFile(bytes(1001)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert names(media) == []


def test_a_file_cut_short_without_an_error_is_noticed(
    storage: DurableFileStorage, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def losing(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.ftruncate(descriptor, 3)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", losing)
    with pytest.raises(ShortWrite, match="3 of 7 bytes"):
        storage.save("1.png", ContentFile(b"content"))
    assert names(media) == []


def test_a_taken_name_is_not_written_over(storage: DurableFileStorage, media: Path) -> None:
    storage.save("1.png", ContentFile(b"first"))
    second = storage.save("1.png", ContentFile(b"second"))
    assert second != "1.png"
    assert (media / "1.png").read_bytes() == b"first"
    assert (media / second).read_bytes() == b"second"


def test_a_file_that_another_is_writing_is_left_alone(
    storage: DurableFileStorage, media: Path
) -> None:
    media.mkdir()
    (media / "1.png.part").write_bytes(b"half of anoth")
    with pytest.raises(FileExistsError):
        storage.save("1.png", ContentFile(b"content"))
    assert (media / "1.png.part").read_bytes() == b"half of anoth"


def test_no_name_leads_out_of_the_folder(storage: DurableFileStorage) -> None:
    with pytest.raises(SuspiciousFileOperation):
        storage.save("../1.png", ContentFile(b"content"))


def test_text_is_written_as_utf8(storage: DurableFileStorage, media: Path) -> None:
    storage.save("1.txt", ContentFile("Zahl: ½"))
    assert (media / "1.txt").read_text(encoding="utf-8") == "Zahl: ½"


def test_an_open_file_is_stored_whole(
    storage: DurableFileStorage, media: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(bytes(range(256)) * 1000)
    with source.open("rb") as file:
        storage.save("1.png", File(file))
    assert (media / "1.png").read_bytes() == source.read_bytes()
