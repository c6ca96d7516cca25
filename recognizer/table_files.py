"""Tables as files for other programs: CSV, XLSX and JSON, row by row."""

from __future__ import annotations

import csv
import json
import re
from codecs import BOM_UTF8, BOM_UTF16_LE
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import xlsxwriter
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

# A spreadsheet takes a cell that starts with =, +, -, @ or their full-width forms for a formula,
# and runs it. Which sign parts cells is up to the spreadsheet and its country, so a cell may also
# begin after a semicolon or a tab within a text, quoted or not.
_FORMULA_START = re.compile(
    r"""(^|[;\t\r\n])(?=[\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n])"""
)
# Excel takes no longer text within a formula.
_LONGEST_LITERAL = 255

Cell = str | int | float | None
Row = tuple[Cell, ...]


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
    "jsonl": Format("JSONL", "jsonl", "application/jsonl"),
}


@dataclass(frozen=True)
class Table:
    """Rows with the names of their columns.

    Attributes:
        like_numbers: columns with texts that look like numbers: a spreadsheet would take their
            leading zeros away.
        rows: read once; as many cells each as there are columns.
    """

    columns: tuple[str, ...]
    like_numbers: frozenset[str]
    rows: Iterable[Row]


def written(table: Table, kind: str, *, marked: bool = True) -> Iterator[bytes]:
    """The bytes of a file, piece by piece: a million rows need no more memory than one.

    Args:
        kind: a key of FORMATS.
        marked: whether a CSV in UTF-8 begins with the mark by which spreadsheets know it.
    """
    if kind == "csv" and marked:
        yield BOM_UTF8
    yield from _WRITERS[kind](table)


def time_cell(moment: datetime | None) -> str | None:
    """A moment in the active zone."""
    return localtime(moment).isoformat(timespec="seconds") if moment else None


class _Echo:
    """A file whose write() returns the text instead of storing it."""

    def write(self, text: str) -> str:
        return text


def _csv(table: Table) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    yield writer.writerow(table.columns).encode()
    for row in table.rows:
        yield writer.writerow([harmless(value) for value in row]).encode()


def _csv_for_excel(table: Table) -> Iterator[bytes]:
    """UTF-16 with tabs, which Excel opens by itself in every country, and texts as formulas.

    Other programs are better off with the plain CSV: to them, ="0042" is no text of digits.
    """
    writer = csv.writer(_Echo(), dialect="excel-tab")
    yield BOM_UTF16_LE + writer.writerow(table.columns).encode("utf-16-le")
    for row in table.rows:
        cells = [
            _literal(str(value)) if column in table.like_numbers and value else harmless(value)
            for column, value in zip(table.columns, row, strict=True)
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


def _json(table: Table) -> Iterator[bytes]:
    start = b"[\n"
    for row in _objects(table):
        yield start + row
        start = b",\n"
    yield b"[]\n" if start == b"[\n" else b"\n]\n"


def _json_lines(table: Table) -> Iterator[bytes]:
    for row in _objects(table):
        yield row + b"\n"


def _objects(table: Table) -> Iterator[bytes]:
    for row in table.rows:
        cells = dict(zip(table.columns, row, strict=True))
        yield json.dumps(cells, ensure_ascii=False).encode()


def _xlsx(table: Table) -> Iterator[bytes]:
    with TemporaryFile() as file:
        _write_workbook(table, file)
        file.seek(0)
        while piece := file.read(64 * 1024):
            yield piece


def _write_workbook(table: Table, file: IO[bytes]) -> None:
    # Texts keep their leading zeros, and none is taken for a formula or a link.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        sheet = workbook.add_worksheet("digitrec")
        heading = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.columns) - 1, 16)
        sheet.write_row(0, 0, table.columns, heading)
        for number, row in enumerate(table.rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write_number(number, column, value)


_WRITERS: dict[str, Callable[[Table], Iterator[bytes]]] = {
    "xlsx": _xlsx,
    "csv": _csv,
    "csv-excel": _csv_for_excel,
    "json": _json,
    "jsonl": _json_lines,
}
