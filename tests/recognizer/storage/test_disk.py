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

from recognizer.storage.disk import MARKER, DurableFileStorage, FileIncomplete, FolderReplaced
from tests.makers import make_upload
from tests.unforced import refusing_folders

pytestmark = pytest.mark.django_db


@pytest.fixture
def storage(media: Path) -> DurableFileStorage:
    return DurableFileStorage()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != MARKER)


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


def test_a_file_is_stored_where_its_name_cannot_be_forced_to_the_disk(
    storage: DurableFileStorage, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", refusing_folders(errno.EINVAL))
    storage.save("1.png", ContentFile(b"content"))
    assert (media / "1.png").read_bytes() == b"content"


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
    with pytest.raises(FileIncomplete):
        storage.save("1.png", ContentFile(b"content"))
    assert names(media) == []


def test_a_changed_byte_is_noticed(
    storage: DurableFileStorage, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def flipping(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_file():
            path.write_bytes(b"contenT")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", flipping)
    with pytest.raises(FileIncomplete):
        storage.save("1.png", ContentFile(b"content"))
    assert names(media) == []


def test_what_an_earlier_attempt_left_is_replaced(storage: DurableFileStorage, media: Path) -> None:
    storage.save("1.png", ContentFile(b"first"))
    (media / "1.png.part").write_bytes(b"half of a sec")
    assert storage.save("1.png", ContentFile(b"second")) == "1.png"
    assert names(media) == ["1.png"]
    assert (media / "1.png").read_bytes() == b"second"


def test_a_file_whose_name_is_not_on_the_disk_for_sure_is_not_kept(
    storage: DurableFileStorage, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def broken(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "the disk is broken")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="broken"):
        storage.save("1.png", ContentFile(b"content"))
    assert names(media) == []


def test_a_part_can_be_removed(storage: DurableFileStorage, media: Path) -> None:
    media.mkdir()
    (media / "1.png.part").write_bytes(b"half")
    storage.remove_part("1.png")
    storage.remove_part("1.png")
    assert names(media) == []


def test_an_empty_folder_is_taken_at_first_and_never_in_the_place_of_another(
    storage: DurableFileStorage, media: Path
) -> None:
    upload = make_upload()
    assert (media / MARKER).exists()
    media.rename(media.with_name("unmounted"))
    with pytest.raises(FolderReplaced, match="is its disk mounted"):
        storage.save("1.png", ContentFile(b"content"))
    assert not media.exists()
    media.with_name("unmounted").rename(media)
    assert storage.save("1.png", ContentFile(b"content"))
    assert (media / str(upload.file.name)).exists()


def test_a_folder_from_before_there_were_marks_is_taken_by_its_pictures(
    storage: DurableFileStorage, media: Path
) -> None:
    make_upload()
    (media / MARKER).unlink()
    storage.require_folder()
    assert (media / MARKER).exists()


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
