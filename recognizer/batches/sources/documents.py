"""The pages of a PDF or a TIFF, as pictures."""

from collections.abc import Iterator
from typing import IO

from recognizer.batches.sources import pdfs, tiffs
from recognizer.batches.sources.kinds import Kind
from recognizer.batches.sources.limits import Limits
from recognizer.batches.sources.member import Content


def pages(file: IO[bytes], kind: Kind, limits: Limits, first: int) -> Iterator[Content]:
    """Each page from this number on: a PNG, or why there is none.

    Raises:
        Refusal: the document can't be used at all; before the first page.
    """
    if kind is Kind.PDF:
        return pdfs.pages(file, limits, first)
    return tiffs.pages(file, limits, first)


def count_pages(file: IO[bytes], kind: Kind, limits: Limits) -> int:
    """How many pages there are, with none of them decoded.

    Raises:
        Refusal: the document can't be used at all.
    """
    if kind is Kind.PDF:
        return pdfs.count_pages(file, limits)
    return tiffs.count_pages(file, limits)
