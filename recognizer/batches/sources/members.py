"""The door: a file that somebody gave, taken apart into pictures.

Nothing here is ever decoded beyond Limits, and one bad member never spoils the others. The caller's
process is safe from what PDFs do: PDFium runs in a process of its own (pdf_renderer.py).
"""

from collections.abc import Iterator
from typing import IO

from recognizer.batches.sources import documents, zips
from recognizer.batches.sources.kinds import Kind, kind_of
from recognizer.batches.sources.limits import MAX_PAGE_BYTES, Limits
from recognizer.batches.sources.member import Content, Member
from recognizer.batches.sources.names import page_name, printable_path
from recognizer.refusals import FileTooLarge


def members(
    file: IO[bytes], limits: Limits | None = None, *, name: str, start: int = 0
) -> Iterator[Member]:
    """Every picture that a file holds, one by one, in the same order each time.

    Args:
        file: seekable, best one on disk; it is never read whole, and must stay open meanwhile.
        name: the file's own, which a stranger chose.
        start: the number of the first member that is wanted; those before are not decoded.

    Raises:
        Refusal: the file can't be used at all, when the first member is asked for.
    """
    limits = limits or Limits()
    shown = printable_path(name).rpartition("/")[-1]
    kind = kind_of(file)
    if kind is Kind.ZIP:
        yield from zips.members(file, limits, shown, start)
    elif kind is not Kind.PICTURE:
        for number, page in enumerate(documents.pages(file, kind, limits, start), start):
            yield Member.of(number, page_name(shown, number), page, MAX_PAGE_BYTES)
    elif start == 0:
        yield Member.of(0, shown, _picture(file, limits), limits.member_bytes)


def _picture(file: IO[bytes], limits: Limits) -> Content:
    file.seek(0)
    data = file.read(limits.member_bytes + 1)
    return FileTooLarge(limits.member_bytes) if len(data) > limits.member_bytes else data
