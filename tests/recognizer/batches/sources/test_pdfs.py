import io
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdfium2.version import PDFIUM_INFO

from recognizer.batches.sources import pdfs
from recognizer.batches.sources.limits import Limits
from recognizer.batches.sources.pdf_renderer import (
    LEAST_LONG_SIDE_PX,
    MOST_LONG_SIDE_PX,
    NO_LIMITS,
    OPENED,
    PAGE,
)
from recognizer.batches.sources.pdfs import count_pages, pages
from recognizer.batches.sources.refusals import (
    PdfDamaged,
    PdfEncrypted,
    PdfUnavailable,
    TooManyPages,
)
from recognizer.refusals import Refusal
from tests.makers import decoded, digits_image
from tests.recognizer.batches.sources.files import numbered, pdf_file, pdf_of, pdf_stream

LIMITS = Limits()
BLANK = pdf_stream(b"")
A4 = (595, 842)
A4_BOX = "/MediaBox[0 0 595 842]"
# Any text would do: no password is known for it.
LOCKED = f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'12' * 32}>/U<{'34' * 32}>>>/ID[<00><00>]"
# A second of a core goes by with 25,000 of these lines.
LINES = b"595 842 l 0 842 l 595 0 l 3 3 l "


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Let this program run in the renderer's place."""

    def pretended(code: str) -> None:
        (tmp_path / "program.py").write_text(code)
        monkeypatch.setattr(pdfs, "RENDERER", tmp_path / "program.py")

    return pretended


def drawing(lines: int) -> bytes:
    return pdf_stream(zlib.compress(b"0 0 m " + LINES * lines + b"f*"), "/Filter/FlateDecode")


COSTLY = drawing(400_000)


def pages_of(pdf: bytes, limits: Limits = LIMITS, first: int = 0) -> list[bytes | Refusal]:
    return list(pages(io.BytesIO(pdf), limits, first))


def page_of(pdf: bytes) -> Image.Image:
    (page,) = pages_of(pdf)
    assert isinstance(page, bytes), page
    return decoded(page)


def codes_of(pdf: bytes, limits: Limits = LIMITS) -> list[str]:
    return [page.code if isinstance(page, Refusal) else "" for page in pages_of(pdf, limits)]


def blank(*sides: tuple[float, float]) -> bytes:
    return pdf_file(*((f"/MediaBox[0 0 {width} {height}]", BLANK, {}) for width, height in sides))


def test_each_page_is_drawn_in_its_order() -> None:
    drawn = [decoded(page) for page in pages_of(pdf_of(*numbered(3))) if isinstance(page, bytes)]
    for page, number in zip(drawn, numbered(3), strict=True):
        given = np.asarray(number.resize(page.size), float)
        assert np.abs(np.asarray(page, float) - given).mean() < 10


def test_a_page_is_drawn_for_reading() -> None:
    assert page_of(blank(A4)).size == (1653, 2339)


def test_a_page_without_colour_is_grey() -> None:
    assert page_of(pdf_of(digits_image("1"))).mode == "L"


def test_colours_are_the_right_way_round() -> None:
    red = pdf_stream(b"1 0 0 rg 0 0 595 842 re f")
    assert page_of(pdf_file((A4_BOX, red, {}))).getpixel((9, 9)) == (255, 0, 0)


def test_a_page_is_upright_as_people_see_it() -> None:
    assert page_of(pdf_file((f"{A4_BOX}/Rotate 90", BLANK, {}))).size == (2339, 1653)


@pytest.mark.parametrize(
    "sides", [(14_400, 14_400), (30_000, 30_000), (3000, 4000), (200, 40_000), (1, 2), (0.5, 0.5)]
)
def test_a_page_of_any_stated_size_stays_within_limits(sides: tuple[float, float]) -> None:
    page = page_of(blank(sides))
    assert page.width * page.height <= 1.01 * LIMITS.page_pixels
    assert LEAST_LONG_SIDE_PX <= max(page.size) <= MOST_LONG_SIDE_PX + 1


def test_a_page_as_thin_as_a_hair_is_refused() -> None:
    assert codes_of(blank((14_400, 1), A4)) == ["too_small", ""]


def test_a_page_of_no_size_is_drawn_as_a_letter() -> None:
    """As PDFium and others show it."""
    assert page_of(blank((0, 0))).size == (1700, 2200)


def test_forms_are_drawn_as_they_were_filled_in() -> None:
    black = pdf_stream(b"0 g 0 0 99 99 re f", "/Type/XObject/Subtype/Form/BBox[0 0 99 99]")
    field = "<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(1)/F 4/Rect[99 99 198 198]/AP<</N 4 0 R>>>>"
    page = f"{A4_BOX}/Annots[{field}]"
    pdf = pdf_file((page, BLANK, {"I": black}), catalog="/AcroForm<</Fields[]>>")
    assert page_of(pdf).resize(A4).getpixel((150, 842 - 150)) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7",
        b"%PDF-1.7\n" + bytes(5000),
        pdf_of(*numbered(2))[:300],
        pdf_file(),
    ],
    ids=lambda data: f"{len(data)} bytes",
)
def test_what_is_no_whole_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(PdfDamaged):
        pages_of(data)


def test_a_pdf_with_a_password_is_refused() -> None:
    with pytest.raises(PdfEncrypted):
        pages_of(pdf_file((A4_BOX, BLANK, {}), trailer=LOCKED))


def test_pages_are_counted_before_any_is_drawn() -> None:
    with pytest.raises(TooManyPages):
        pages_of(blank(*[A4] * 4), Limits(pdf_pages=3))


def test_a_page_that_is_not_there_is_refused_by_itself() -> None:
    pdf = blank(A4, A4, A4)
    assert b"/Kids[4 0 R" in pdf
    assert codes_of(pdf.replace(b"/Kids[4 0 R", b"/Kids[0 0 R")) == ["page_damaged", "", ""]


def test_pages_are_counted_and_skipped_without_drawing() -> None:
    pdf = pdf_of(*numbered(3))
    assert count_pages(io.BytesIO(pdf), LIMITS) == 3
    assert pages_of(pdf, first=1) == pages_of(pdf)[1:]
    assert pages_of(pdf, first=3) == []


def test_a_page_that_takes_too_long_does_not_spoil_the_others() -> None:
    pdf = pdf_file((A4_BOX, COSTLY, {}), (A4_BOX, BLANK, {}))
    assert codes_of(pdf, Limits(page_seconds=1)) == ["page_too_costly", ""]


def test_a_page_that_takes_all_memory_does_not_spoil_the_others() -> None:
    packed = zlib.compress(zlib.compress(bytes(2**29), 9), 9)
    bomb = pdf_stream(packed, "/Filter[/FlateDecode/FlateDecode]")
    pdf = pdf_file((A4_BOX, bomb, {}), (A4_BOX, BLANK, {}))
    assert len(pdf) < 10_000
    assert codes_of(pdf) == ["page_too_costly", ""]


def test_each_page_has_time_of_its_own() -> None:
    pdf = pdf_file(*[(A4_BOX, drawing(12_000), {})] * 10)
    assert codes_of(pdf, Limits(page_seconds=2)) == [""] * 10


def test_after_a_few_costly_pages_no_other_is_tried() -> None:
    pdf = pdf_file((A4_BOX, COSTLY, {}), *[(A4_BOX, BLANK, {})] * 2)
    assert codes_of(pdf, Limits(page_seconds=1, costly_pages=1)) == ["page_too_costly"] * 3


def test_a_renderer_that_dies_costs_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[bool] = []

    def dying(renderer: pdfs._Renderer) -> bytes:
        if not killed:
            killed.append(True)
            renderer._process.terminate()
            renderer._process.wait()
        return drawn(renderer)

    drawn = pdfs._Renderer._next_page
    monkeypatch.setattr(pdfs._Renderer, "_next_page", dying)
    big = pdf_of(*[Image.effect_noise((900, 900), 90)] * 3)
    assert codes_of(big) == ["page_damaged", "", ""]


def test_a_renderer_that_says_nothing_is_ended(
    pretend: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend("import time; time.sleep(60)")
    monkeypatch.setattr(pdfs, "CLOCK_FACTOR", 0.1)
    with pytest.raises(PdfDamaged):
        pages_of(blank(A4), Limits(page_seconds=1))


def test_a_renderer_that_lies_about_sides_is_not_believed(pretend: Callable[[str], None]) -> None:
    answer = OPENED.pack(0, 2) + PAGE.pack(0, 65535, 65535)
    pretend(f"import sys; sys.stdout.buffer.write({answer!r})")
    assert codes_of(blank(A4)) == ["too_many_pixels"] * 2


def test_a_system_without_limits_opens_no_pdf(pretend: Callable[[str], None]) -> None:
    pretend(f"raise SystemExit({NO_LIMITS})")
    with pytest.raises(PdfUnavailable):
        pages_of(blank(A4))


def test_a_renderer_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(PdfUnavailable):
        pages_of(blank(A4))


def test_no_renderer_is_left_when_no_more_pages_are_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def watched(*args: object, **options: object) -> "subprocess.Popen[bytes]":
        started.append(start(*args, **options))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", watched)
    found = pages(io.BytesIO(pdf_of(*numbered(3))), LIMITS)
    next(found)
    found.close()  # type: ignore[attr-defined]
    assert [process.poll() is None for process in started] == [False]


def test_a_file_on_disk_is_not_copied_or_moved(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(pdf_of(*numbered(1)))
    with (tmp_path / "scan.pdf").open("rb") as file:
        file.seek(3)
        assert len(list(pages(file, LIMITS))) == 1
        assert file.tell() == 3


def test_pdfium_runs_no_scripts() -> None:
    assert not set(PDFIUM_INFO.flags) & {"V8", "XFA"}
