"""The pages of a PDF, drawn by another process, which may die of one and is begun anew after it."""

import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast

import numpy as np

from recognizer.batches.sources import pdf_renderer
from recognizer.batches.sources.limits import Limits
from recognizer.batches.sources.member import Content
from recognizer.batches.sources.page_png import page_png
from recognizer.batches.sources.pdf_renderer import OPENED, PAGE
from recognizer.batches.sources.refusals import (
    PageDamaged,
    PageTooCostly,
    PdfDamaged,
    PdfEncrypted,
    PdfUnavailable,
    TooManyPages,
)
from recognizer.intake.cleaning import MAX_MEGAPIXELS, check_size
from recognizer.refusals import Refusal

logger = logging.getLogger(__name__)

RENDERER = Path(pdf_renderer.__file__)
# By a clock, a page may take so much longer than by the core that draws it: others use it as well.
CLOCK_FACTOR = 3
# How a process ends that used up its time, by its own limit or by ours, or its memory.
_TOO_COSTLY = {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT}
_CHUNK_BYTES = 2**20


class _Ended(Exception):
    """The renderer ended, or was ended, before it answered."""


def pages(file: IO[bytes], limits: Limits, first: int = 0) -> Iterator[Content]:
    """Each page from this number on: a PNG, or why there is none.

    Raises:
        Refusal: the document can't be used at all; before the first page.
    """
    with _on_disk(file) as given:
        number, count, costly = first, first + 1, 0
        while number < count and costly < limits.costly_pages:
            with _renderer(given, number, limits) as renderer:
                count = renderer.count_pages()
                while number < count and not renderer.ended:
                    page = renderer.next_page()
                    costly += isinstance(page, PageTooCostly)
                    number += 1
                    yield page
        yield from (PageTooCostly() for _ in range(number, count))


def count_pages(file: IO[bytes], limits: Limits) -> int:
    """How many pages there are, with none of them drawn.

    Raises:
        Refusal: the document can't be used at all.
    """
    # No document has so many, so none is drawn.
    with _on_disk(file) as given, _renderer(given, 2**31, limits) as renderer:
        return renderer.count_pages()


class _Renderer:
    """A process that draws the pages of a document, one after the other."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", answer: IO[bytes], limits: Limits
    ) -> None:
        self._process = process
        self._answer = answer.fileno()
        self._limits = limits
        self.ended = False

    def count_pages(self) -> int:
        """How many pages the document has; to be asked first."""
        try:
            status, count = OPENED.unpack(self._read(OPENED.size))
        except _Ended:
            raise self._not_opened() from None
        if status == pdf_renderer.ENCRYPTED:
            raise PdfEncrypted
        if status != pdf_renderer.DONE:
            raise PdfDamaged
        if count > self._limits.pdf_pages:
            raise TooManyPages(self._limits.pdf_pages)
        return int(count)

    def _not_opened(self) -> Refusal:
        if self._process.wait() == pdf_renderer.NO_LIMITS:
            logger.error("PDFs need a system that limits a process's memory and time")
            return PdfUnavailable()
        return PdfDamaged()

    def next_page(self) -> Content:
        """The next page, as PNG."""
        try:
            return self._next_page()
        except _Ended:
            self.ended = True
            return PageTooCostly() if self._process.wait() in _TOO_COSTLY else PageDamaged()
        except Refusal as refusal:
            return refusal

    def _next_page(self) -> bytes:
        status, width, height = PAGE.unpack(self._read(PAGE.size))
        if status == pdf_renderer.TOO_COSTLY:
            raise PageTooCostly
        if status != pdf_renderer.DONE:
            raise PageDamaged
        # What the other process says is not trusted, either; unread pixels end it.
        try:
            check_size((width, height), MAX_MEGAPIXELS)
        except Refusal:
            self.ended = True
            raise
        pixels = np.frombuffer(self._read(3 * width * height), np.uint8)
        return page_png(pixels.reshape(height, width, 3))

    def _read(self, length: int) -> bytes:
        """So many bytes of its answer, within the time that it has for a page."""
        data, waiting = bytearray(), select.poll()
        waiting.register(self._answer, select.POLLIN)
        until = time.monotonic() + CLOCK_FACTOR * self._limits.page_seconds
        while len(data) < length:
            if not waiting.poll(1000 * max(0, until - time.monotonic())):
                self._process.kill()
                raise _Ended
            piece = os.read(self._answer, min(_CHUNK_BYTES, length - len(data)))
            if not piece:
                raise _Ended
            data += piece
        return bytes(data)


@contextmanager
def _renderer(file: IO[bytes], first: int, limits: Limits) -> Iterator[_Renderer]:
    """A renderer of the pages from this number on, which gets but a file of this process."""
    numbers = (first, limits.pdf_pages, limits.page_seconds, limits.dpi, limits.page_pixels)
    try:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", str(RENDERER), *map(str, numbers)],
            stdin=file.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd=os.sep,
        )
    except OSError as error:
        logger.exception("the PDF renderer could not be started")
        raise PdfUnavailable from error
    with process:
        try:
            yield _Renderer(process, cast("IO[bytes]", process.stdout), limits)
        finally:
            process.kill()


@contextmanager
def _on_disk(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The file, as one that another process can read."""
    try:
        file.flush()
        file.fileno()
    except OSError:
        with TemporaryFile() as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy)
            copy.flush()
            yield copy
    else:
        yield file
