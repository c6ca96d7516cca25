"""How much a batch may be made from, and why no more."""

from dataclasses import dataclass, field

from django.conf import settings

# A page as PNG is as large as its pixels at most: 16 megapixels in colour, and a little more.
MAX_PAGE_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Limits:
    """Limits on one file that holds pictures.

    Attributes:
        members: pictures and pages; what one person can check in a few days.
        member_bytes: of a picture, as everywhere; `cleaning.clean` decodes no larger one.
        zip_entries: everything that a ZIP's directory lists. Folders, and what systems leave beside
            pictures (macOS puts a second file next to each), more than double the number.
        document_bytes: of a PDF or TIFF inside a ZIP, which is unpacked into a temporary file.
        unpacked_bytes: of everything in a ZIP that is unpacked. Photographs hardly shrink, so this
            is also about the size of the ZIP.
        ratio: how many times larger a ZIP may be once unpacked. Photographs reach 1, scans without
            compression 50; a bomb reaches 1,000 in each file.
        pdf_pages, tiff_pages: a form's stack; each page takes about a second with its reading.
        page_bytes: of a TIFF's page as it lies in the file: 16 megapixels in colour, not packed.
        page_seconds: for one page of a PDF, of a core; pages of photographs take one.
        costly_pages: after so many in one PDF that took too much, the others are not tried.
        dpi: at which a PDF's pages are drawn. Pen strokes are then 3 to 6 pixels wide, as the
            reader likes them.
        page_pixels: of a page drawn from a PDF; A3 at 200 dpi has 7.7 million.
    """

    members: int = 2_000
    member_bytes: int = field(default_factory=lambda: settings.MAX_UPLOAD_BYTES)
    zip_entries: int = 6_000
    document_bytes: int = 100 * 2**20
    unpacked_bytes: int = 2**30
    ratio: int = 200
    pdf_pages: int = 200
    tiff_pages: int = 200
    page_bytes: int = MAX_PAGE_BYTES
    page_seconds: int = 15
    costly_pages: int = 5
    dpi: int = 200
    page_pixels: int = 8_000_000
