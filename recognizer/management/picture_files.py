"""Which files of a folder are pictures, and what is passed over."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".gif"}
HEIC_SUFFIXES = {".heic", ".heif", ".hif"}
# What people may expect to be read, by the name that they know.
_PASSED_OVER = {
    **dict.fromkeys(HEIC_SUFFIXES, "HEIC"),
    **dict.fromkeys((".tif", ".tiff"), "TIFF"),
    **dict.fromkeys((".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf"), "raw photo"),
    ".pdf": "PDF",
    ".avif": "AVIF",
    ".jxl": "JPEG XL",
    ".jp2": "JPEG 2000",
    ".svg": "SVG",
    ".zip": "ZIP",
}
OTHER = "other"
CLOSED_FOLDER = "folder that can't be opened"
# Made by macOS, Windows and network disks: copies, previews and what was thrown away.
_LEFT_OUT_FOLDERS = ("__macosx", "@eadir", "#recycle", "$recycle.bin", "lost+found")
_LEFT_OUT_FILES = ("thumbs.db", "desktop.ini", ".ds_store")


@dataclass
class PictureFiles:
    """The pictures below folders.

    Attributes:
        passed_over: how many files of each kind are none that can be read, by the kind's name.
    """

    passed_over: Counter[str] = field(default_factory=Counter)

    def below(self, folder: Path) -> list[Path]:
        """Every picture in a folder and below it, in a stable order; counts the others.

        Hidden folders are left out, and what systems put beside pictures.
        """
        return sorted(self._pictures(_files(folder, self._count_closed)))

    def _pictures(self, files: Iterable[Path]) -> Iterator[Path]:
        wanted = PICTURE_SUFFIXES | (HEIC_SUFFIXES if settings.HEIC else set())
        for file in files:
            suffix = file.suffix.lower()
            if suffix in wanted:
                yield file
            else:
                self.passed_over[_PASSED_OVER.get(suffix, OTHER)] += 1

    def _count_closed(self, _error: OSError) -> None:
        self.passed_over[CLOSED_FOLDER] += 1

    def sentence(self) -> str:
        """What was passed over, for people; empty if nothing was."""
        counts = [f"{count} {kind}" for kind, count in sorted(self.passed_over.items())]
        return f"Passed over in folders: {', '.join(counts)}." if counts else ""


def _files(folder: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    for place, folders, files in os.walk(folder, onerror=on_error):
        # In place: os.walk goes on with what is left.
        folders[:] = [name for name in folders if not is_left_out_folder(name)]
        here = Path(place)
        yield from (here / name for name in files if is_wanted(here / name))


def is_left_out_folder(name: str) -> bool:
    """Whether a folder is hidden, or what systems put beside pictures."""
    return name.startswith(".") or name.lower() in _LEFT_OUT_FOLDERS


def is_wanted(file: Path) -> bool:
    """Whether it is a file of its own: "._a.jpg" is what macOS keeps beside "a.jpg"."""
    name = file.name.lower()
    is_left_out = name.startswith(("._", ".trash")) or name in _LEFT_OUT_FILES
    return not is_left_out and file.is_file()
