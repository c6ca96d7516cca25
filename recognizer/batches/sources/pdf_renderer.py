"""Draws the pages of one PDF, as a program of its own: `python -I pdf_renderer.py`.

The PDF comes by the standard input, which must be a file. By the standard output goes first how it
opened and how many pages there are, then page after page: a header and its pixels, RGB. The pipe
holds it back, so that no more than one page is drawn ahead.

A few kilobytes of PDF can unpack to gigabytes, draw for hours, or meet a weakness of PDFium. So
this process has no environment, opens no files, and has little memory, and little time for a page.
PDFium must not be used by two threads at once; here is but one. digitrec itself is not loaded here.
PDFium as shipped knows neither JavaScript nor XFA, and links are never followed.
"""

import contextlib
import math
import os
import resource
import struct
import sys
from typing import Any

# How the document opened, and its pages; then, for each page, what came of it, and its sides.
OPENED, PAGE = struct.Struct(">BI"), struct.Struct(">BII")
DONE, DAMAGED, ENCRYPTED, TOO_COSTLY = range(4)
# Exit status where this system does not limit a process.
NO_LIMITS = 3
# A document's own objects, one page's pictures, and the page drawn: 25 MB of that.
MAX_MEGABYTES = 1024
POINTS_PER_INCH = 72
# Units may lie: a sheet of a few points is drawn so large, one of many no larger than this.
LEAST_LONG_SIDE_PX, MOST_LONG_SIDE_PX = 1000, 8000


def main(first: int, most_pages: int, seconds: int, dpi: int, most_pixels: int) -> int:
    """Draw the standard input's pages, from this number on.

    Args:
        most_pages: of a document that is drawn at all.
        seconds: of a core, for opening and for each page.
    """
    import pypdfium2

    try:
        _limit()
        _allow(seconds)
    except (OSError, ValueError):
        return NO_LIMITS
    try:
        document = pypdfium2.PdfDocument(_File(0))
        with contextlib.suppress(pypdfium2.PdfiumError):
            document.init_forms()
        count = len(document)
    except MemoryError:
        return _send(OPENED.pack(TOO_COSTLY, 0))
    except pypdfium2.PdfiumError as error:
        needs_password = error.err_code in {
            pypdfium2.raw.FPDF_ERR_PASSWORD,
            pypdfium2.raw.FPDF_ERR_SECURITY,
        }
        return _send(OPENED.pack(ENCRYPTED if needs_password else DAMAGED, 0))
    _send(OPENED.pack(DONE, count))
    for number in range(first, count if count <= most_pages else 0):
        _allow(seconds)
        _send(*_drawn(document, number, dpi, most_pixels))
    return 0


def _limit() -> None:
    limits = {
        resource.RLIMIT_AS: MAX_MEGABYTES * 2**20,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        # Those that are open stay so.
        resource.RLIMIT_NOFILE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))


def _allow(seconds: int) -> None:
    """So much time of a core from now on; the process ends when it is used up."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = math.ceil(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


def _drawn(document: Any, number: int, dpi: int, most_pixels: int) -> tuple[bytes, ...]:
    try:
        page = document[number]
        width, height = page.get_size()
        scale = _scale(width, height, dpi, most_pixels)
        bitmap = page.render(scale=scale, rev_byteorder=True)
        rows = memoryview(bitmap.buffer).cast("B")
        pixels = b"".join(
            rows[start : start + 3 * bitmap.width]
            for start in range(0, bitmap.stride * bitmap.height, bitmap.stride)
        )
        size = bitmap.width, bitmap.height
        bitmap.close()
        page.close()
    except MemoryError:
        return (PAGE.pack(TOO_COSTLY, 0, 0),)
    # Nothing else is left to do but to say that it failed, whatever the reason.
    except Exception:  # noqa: BLE001
        return (PAGE.pack(DAMAGED, 0, 0),)
    return PAGE.pack(DONE, *size), pixels


def _scale(width: float, height: float, dpi: int, most_pixels: int) -> float:
    """Pixels for each point, within the limits however large or small the page claims to be."""
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise ValueError("a page without sides")
    longest = max(width, height)
    return min(
        max(dpi / POINTS_PER_INCH, LEAST_LONG_SIDE_PX / longest),
        math.sqrt(most_pixels / (width * height)),
        MOST_LONG_SIDE_PX / longest,
    )


def _send(*parts: bytes) -> int:
    for part in parts:
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()
    return 0


class _File:
    """An open file, read at any place without moving it for whoever else has it open."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._at = 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        starts = {
            os.SEEK_SET: 0,
            os.SEEK_CUR: self._at,
            os.SEEK_END: os.fstat(self._descriptor).st_size,
        }
        self._at = starts[whence] + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, length: int) -> bytes:
        data = os.pread(self._descriptor, length, self._at)
        self._at += len(data)
        return data

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        memoryview(buffer).cast("B")[: len(data)] = data
        return len(data)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
