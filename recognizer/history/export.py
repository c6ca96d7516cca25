"""Uploads with what was read in them, as files for other programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from django.utils.timezone import localtime

from recognizer.models import Upload
from recognizer.serializers import upload_as_data

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
# A spreadsheet takes a cell that starts with one of these for a formula, and runs it.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Format:
    """A file format: the ending of its names, and its content type."""

    ending: str
    content_type: str


FORMATS = {
    "csv": Format("csv", "text/csv; charset=utf-8"),
    "xlsx": Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": Format("json", "application/json"),
}


def export(uploads: Iterable[Upload], kind: str) -> Iterator[bytes]:
    """The bytes of a file, piece by piece: a million rows need no more memory than one.

    Args:
        uploads: with their current prediction and its model.
        kind: a key of FORMATS.
    """
    return {"csv": _csv, "xlsx": _xlsx, "json": _json}[kind](uploads)


def _row(upload: Upload) -> dict[str, Any]:
    """The values of COLUMNS; "file" is the original name, times are in the server's zone."""
    data = upload_as_data(upload)
    data |= {"file": data["name"], "created": _time(upload.created), "verified": None}
    if upload.verified:
        data["verified"] = _time(upload.verified)
    return {column: data[column] for column in COLUMNS}


def _time(moment: datetime) -> str:
    return localtime(moment).isoformat(timespec="seconds")


class _Echo:
    """A file whose write() returns the text instead of storing it."""

    def write(self, text: str) -> str:
        return text


def _csv(uploads: Iterable[Upload]) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    # With this mark, spreadsheets read the file as UTF-8.
    yield "\N{BYTE ORDER MARK}".encode() + writer.writerow(COLUMNS).encode()
    for upload in uploads:
        cells = [harmless(value) for value in _row(upload).values()]
        yield writer.writerow(cells).encode()


def harmless(value: object) -> object:
    """The cell, quoted if a spreadsheet would take it for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _json(uploads: Iterable[Upload]) -> Iterator[bytes]:
    start = b"[\n"
    for upload in uploads:
        yield start + json.dumps(_row(upload), ensure_ascii=False).encode()
        start = b",\n"
    yield b"[]\n" if start == b"[\n" else b"\n]\n"


def _xlsx(uploads: Iterable[Upload]) -> Iterator[bytes]:
    with TemporaryFile() as file:
        _write_workbook(uploads, file)
        file.seek(0)
        while piece := file.read(64 * 1024):
            yield piece


def _write_workbook(uploads: Iterable[Upload], file: IO[bytes]) -> None:
    # Texts keep their leading zeros, and none is taken for a formula or a link.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        sheet = workbook.add_worksheet("digitrec")
        heading = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(COLUMNS) - 1, 16)
        sheet.write_row(0, 0, COLUMNS, heading)
        for number, upload in enumerate(uploads, start=1):
            for column, value in enumerate(_row(upload).values()):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write_number(number, column, value)
