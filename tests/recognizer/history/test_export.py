import csv
import html
import io
import json
import re
import zipfile
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from recognizer.checking.verified_text import verify
from recognizer.history.export import COLUMNS, export
from recognizer.models import Upload
from recognizer.table_files import FORMATS, harmless
from tests.makers import make_upload_row, make_visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def uploads() -> list[Upload]:
    owner = make_visitor()
    upload = make_upload_row(owner, text="0042", original_name="=cmd|' /C calc'!A0.png")
    verify(upload, "0047", by=owner)
    make_upload_row(owner, state="nothing", original_name="leer Überschuß.png")
    return list(Upload.objects.with_current_prediction().order_by("created"))


def written(uploads: list[Upload], kind: str) -> bytes:
    return b"".join(export(uploads, kind))


def one_that_says(written: str) -> list[Upload]:
    read = {"written": written, "written_confidence": 0.75}
    return [make_upload_row(text="1250", confidence=0.5, read=read)]


def csv_line(text: str) -> str:
    """A line of CSV with this text in its second cell."""
    line = io.StringIO()
    csv.writer(line).writerow(["1", harmless(text)])
    return line.getvalue()


def rows_of_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def cells_of_xlsx(data: bytes) -> list[list[str]]:
    """The texts of a sheet, row by row; numbers as they are written."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = html.unescape(book.read("xl/worksheets/sheet1.xml").decode())
    rows = re.findall(r"<row .*?</row>", sheet)
    return [re.findall(r"<(?:t|v)(?: [^>]*)?>(.*?)</(?:t|v)>", row) for row in rows]


def test_csv_keeps_digits_and_letters_as_they_are(uploads: list[Upload]) -> None:
    first, second = rows_of_csv(written(uploads, "csv"))
    assert tuple(first) == COLUMNS
    assert (first["text"], first["verified_text"]) == ("0042", "0047")
    assert (second["text"], second["state"], second["verified_text"]) == ("", "nothing", "")
    assert second["file"] == "leer Überschuß.png"


def test_csv_holds_no_formula(uploads: list[Upload]) -> None:
    assert rows_of_csv(written(uploads, "csv"))[0]["file"].startswith("'=cmd")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_could_be_a_formula_is_a_text(start: str) -> None:
    assert harmless(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d"])
@pytest.mark.parametrize("separator", [";", "\t", "\n"])
@pytest.mark.parametrize("before", ["", " ", '"', "'", '" '])
def test_no_separator_makes_a_formula_of_a_part(sign: str, separator: str, before: str) -> None:
    """Where commas part nothing, neither does the quote that follows one."""
    parts = csv_line(f"scan{separator}{before}{sign}1+1").split(separator)
    assert len(parts) > 1
    assert not any(part.strip(' "').startswith(sign) for part in parts)


@pytest.mark.parametrize(
    "text", ["0042", "a-b=c.png", "12|-3", "12,-", "2026-11-29", "e;f", "it's; fine"]
)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def rows_for_excel(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-16")), dialect="excel-tab"))


def test_csv_for_excel_keeps_leading_zeros(uploads: list[Upload]) -> None:
    data = written(uploads, "csv-excel")
    assert data.startswith(b"\xff\xfe")
    first, second = rows_for_excel(data)
    assert tuple(first) == COLUMNS
    assert (first["text"], first["verified_text"]) == ('="0042"', '="0047"')
    assert first["verified_written"] == '="0047"'
    assert (second["text"], second["verified_text"]) == ("", "")
    assert first["file"].startswith("'=cmd")
    assert second["file"] == "leer Überschuß.png"


def test_a_sign_is_a_text_in_csv_for_excel() -> None:
    (row,) = rows_for_excel(written(one_that_says("-12.50"), "csv-excel"))
    assert row["written"] == '="-12.50"'


def test_a_long_text_is_joined_in_csv_for_excel() -> None:
    text = "0" * 600
    (row,) = rows_for_excel(written([make_upload_row(text=text)], "csv-excel"))
    parts = row["text"].removeprefix("=").split("&")
    assert [len(part) - 2 for part in parts] == [255, 255, 90]
    assert "".join(part.strip('"') for part in parts) == text


def test_what_keeps_leading_zeros_is_offered_first() -> None:
    assert [*FORMATS] == ["xlsx", "csv", "csv-excel", "json", "jsonl"]


def test_a_number_stays_one() -> None:
    assert harmless(-0.5) == -0.5


def test_csv_has_the_signs_and_their_confidence() -> None:
    (row,) = rows_of_csv(written(one_that_says("12.50"), "csv"))
    assert (row["text"], row["written"]) == ("1250", "12.50")
    assert (row["confidence"], row["written_confidence"]) == ("0.5", "0.75")


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_what_a_person_typed_is_there_beside_its_digits(kind: str) -> None:
    upload = make_upload_row(text="1")
    verify(upload, "12.50", by=make_visitor())
    data = written([Upload.objects.with_current_prediction().get()], kind)
    (row,) = json.loads(data) if kind == "json" else rows_of_csv(data)
    assert (row["verified_text"], row["verified_written"]) == ("1250", "12.50")


def test_a_text_that_was_verified_without_signs_is_written_so() -> None:
    upload = make_upload_row(verified_text="1250", verified=timezone.now())
    (row,) = json.loads(written([upload], "json"))
    assert row["verified_written"] == "1250"


@pytest.mark.parametrize("start", ["=", "+", "-"])
def test_what_a_person_typed_makes_no_formula_in_csv(start: str) -> None:
    verify(make_upload_row(), f"{start}1250", by=make_visitor())
    upload = Upload.objects.with_current_prediction().get()
    (row,) = rows_of_csv(written([upload], "csv"))
    assert row["verified_written"] == f"'{start}1250"


def test_the_signs_stand_beside_what_they_belong_to() -> None:
    after = dict(pairwise(COLUMNS))
    assert (after["text"], after["confidence"]) == ("written", "written_confidence")
    assert after["verified_text"] == "verified_written"


@pytest.mark.parametrize("start", ["=", "+", "-"])
def test_a_sign_makes_no_formula_in_csv(start: str) -> None:
    (row,) = rows_of_csv(written(one_that_says(f"{start}1250"), "csv"))
    assert row["written"] == f"'{start}1250"


@pytest.mark.parametrize("start", ["=", "+", "-"])
def test_a_sign_makes_no_formula_in_xlsx(start: str) -> None:
    data = written(one_that_says(f"{start}1250"), "xlsx")
    assert f"{start}1250" in cells_of_xlsx(data)[1]
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_json_has_the_signs_as_they_are() -> None:
    (row,) = json.loads(written(one_that_says("-12.50"), "json"))
    assert (row["written"], row["written_confidence"]) == ("-12.50", 0.75)


def test_what_was_read_before_is_exported_with_its_digits_alone() -> None:
    (row,) = json.loads(written([make_upload_row(text="1250")], "json"))
    assert (row["written"], row["written_confidence"]) == ("1250", None)


def test_json_is_one_array(uploads: list[Upload]) -> None:
    first, second = json.loads(written(uploads, "json"))
    assert first["text"] == "0042"
    assert first["confidence"] == pytest.approx(uploads[0].current_prediction.confidence)  # type: ignore[union-attr]
    assert second["verified_text"] is None


def test_xlsx_opens_and_keeps_leading_zeros(uploads: list[Upload]) -> None:
    heading, first, _ = cells_of_xlsx(written(uploads, "xlsx"))
    assert tuple(heading) == COLUMNS
    assert "0042" in first
    assert "0047" in first
    assert "=cmd|' /C calc'!A0.png" in first
    with zipfile.ZipFile(io.BytesIO(written(uploads, "xlsx"))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_nothing_is_a_whole_file_too(kind: str) -> None:
    data = written([], kind)
    rows: list[Any] = json.loads(data) if kind == "json" else rows_of_csv(data)
    assert rows == []
