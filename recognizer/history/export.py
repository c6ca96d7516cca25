"""Uploads with what was read in them, as files for other programs."""

from __future__ import annotations

import csv
import json
import re
from codecs import BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

import xlsxwriter
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from recognizer.models import Upload
from recognizer.serializers import upload_as_data

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

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
# Texts that look like numbers: a spreadsheet would take their leading zeros away.
_LIKE_NUMBERS = ("text", "written", "verified_text", "verified_written")
# A spreadsheet takes a cell that starts with =, +, -, @ or their full-width forms for a formula,
# and runs it. Which sign parts cells is up to the spreadsheet and its country, so a cell may also
# begin after a semicolon or a tab within a text, quoted or not.
_FORMULA_START = re.compile(
    r"""(^|[;\t\r\n])(?=[\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n])"""
)
# Excel takes no longer text within a formula.
_LONGEST_LITERAL = 255


@dataclass(frozen=True)
class Format:
    """A file format: its name for people, the ending of its files, and its content type."""

    label: StrPromise | str
    ending: str
    content_type: str


# In the order in which they are offered. XLSX comes first: it keeps 0042 in every spreadsheet.
FORMATS = {
    "xlsx": Format(
        "XLSX", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    "csv": Format("CSV", "csv", "text/csv; charset=utf-8"),
    "csv-excel": Format(gettext_lazy("CSV for Excel"), "csv", "text/csv; charset=utf-16"),
    "json": Format("JSON", "json", "application/json"),
}


def export(uploads: Iterable[Upload], kind: str) -> Iterator[bytes]:
    """The bytes of a file, piece by piece: a million rows need no more memory than one.

    Args:
        uploads: with their current prediction and its model.
        kind: a key of FORMATS.
    """
    return {"csv": _csv, "csv-excel": _csv_for_excel, "xlsx": _xlsx, "json": _json}[kind](uploads)


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


def _csv_for_excel(uploads: Iterable[Upload]) -> Iterator[bytes]:
    """UTF-16 with tabs, which Excel opens by itself in every country, and texts as formulas.

    Other programs are better off with the plain CSV: to them, ="0042" is no text of digits.
    """
    writer = csv.writer(_Echo(), dialect="excel-tab")
    yield BOM_UTF16_LE + writer.writerow(COLUMNS).encode("utf-16-le")
    for upload in uploads:
        cells = [
            _literal(value) if column in _LIKE_NUMBERS and value else harmless(value)
            for column, value in _row(upload).items()
        ]
        yield writer.writerow(cells).encode("utf-16-le")


def _literal(text: str) -> str:
    """A formula whose value is the text, which Excel keeps as it is."""
    starts = range(0, len(text), _LONGEST_LITERAL)
    parts = [text[start : start + _LONGEST_LITERAL].replace('"', '""') for start in starts]
    return "=" + "&".join(f'"{part}"' for part in parts)


def harmless(value: object) -> object:
    """The cell, with an apostrophe wherever a spreadsheet would see a formula begin."""
    return _FORMULA_START.sub(r"\1'", value) if isinstance(value, str) else value


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
