"""Whose work the files of a folder of handwriting are, for the cards of models that learned it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from mlmodel.artifact.card import Source
from mlmodel.handwriting import real_lines, strokes

_UNIPEN = "UNIPEN train_r01_v07", "https://doi.org/10.5281/zenodo.1195803"
_LECTAUREP = "LECTAUREP, repertoires", "https://github.com/HTR-United/lectaurep-repertoires"
_HTR_UNITED = "HTR-United, lines of text", "https://htr-united.github.io"
_LICENCE = "CC BY 4.0"


@dataclass(frozen=True)
class _File:
    name: str
    title: str
    address: str


_STROKES = [
    _File(name, *_UNIPEN)
    for name in (strokes.DIGITS_FILE, strokes.STRINGS_FILE, strokes.LETTERS_FILE)
]
_LINES = [_File(real_lines.NUMBERS_FILE, *_LECTAUREP), _File(real_lines.TEXT_FILE, *_HTR_UNITED)]


class HandwritingMissing(Exception):
    """A folder of handwriting lacks a file."""


def sources(folder: Path, *, with_lines: bool) -> list[Source]:
    """The files of a folder that a network learns from.

    Args:
        with_lines: whether it learns from lines on real paper, too.

    Raises:
        HandwritingMissing: a file is missing or can't be read.
    """
    return [_source(folder, file) for file in (_STROKES + _LINES if with_lines else _STROKES)]


def _source(folder: Path, file: _File) -> Source:
    try:
        with (folder / file.name).open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise HandwritingMissing(
            f"{folder} is no folder of handwriting: {file.name} can't be read ({error.strerror}). "
            "docs/training.md says which files it holds."
        ) from error
    return Source(file.title, _LICENCE, file.address, file.name, sha256)
