"""Uploads with what was read in them, as files for other programs."""

from collections.abc import Iterable, Iterator

from recognizer.models import Upload
from recognizer.serializers import upload_as_data
from recognizer.table_files import Row, Table, time_cell, written

COLUMNS = (
    "id",
    "created",
    "file",
    "source",
    "state",
    "text",
    "written",
    "confidence",
    "written_confidence",
    "verified_text",
    "verified_written",
    "verified",
    "model",
    "width",
    "height",
    "sha256",
)
_LIKE_NUMBERS = frozenset(("text", "written", "verified_text", "verified_written"))


def export(uploads: Iterable[Upload], kind: str) -> Iterator[bytes]:
    """The bytes of a file, piece by piece.

    Args:
        uploads: with their current prediction and its model.
        kind: a key of FORMATS.
    """
    return written(Table(COLUMNS, _LIKE_NUMBERS, map(_row, uploads)), kind)


def _row(upload: Upload) -> Row:
    """The values of COLUMNS; "file" is the original name, times are in the server's zone."""
    data = upload_as_data(upload)
    data |= {"file": data["name"], "created": time_cell(upload.created)}
    data["verified"] = time_cell(upload.verified)
    return tuple(data[column] for column in COLUMNS)
