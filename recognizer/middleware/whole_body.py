"""Accepts forms with files whole, or not at all.

When a connection breaks, a server passes on what has arrived until then, and Django accepts the
file as far as it goes: a picture may lack its last rows, and nobody would notice.
"""

import time
from typing import Any

from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    TemporaryFileUploadHandler,
)
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.datastructures import MultiValueDict

# A picture of 10 MB takes 80 s over 1 Mbit/s.
MAX_SECONDS = 120
# Who sends more may take longer, as long as it comes this fast on average: 10 MB in MAX_SECONDS.
LEAST_BYTES_A_SECOND = 10 * 2**20 // 120
# The second one takes a picture whose form as a whole exceeds the first one's limit in memory.
FILES_KEPT_BY = (MemoryFileUploadHandler, TemporaryFileUploadHandler)
# RFC 2046: a line break may follow the last boundary, and anything after that is to be ignored.
MAX_EPILOGUE_BYTES = 1024


class WholeBodyHandler(FileUploadHandler):
    """Lets Django parse a form, and refuses it with 400 if its end is missing."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,  # bytes, whatever the stubs say
        encoding: str | None = None,
    ) -> tuple[Any, MultiValueDict[str, Any]]:
        body: Any = _Watched(input_data, keep=len(boundary) + MAX_EPILOGUE_BYTES)
        handlers = [kind(self.request) for kind in FILES_KEPT_BY]
        form, files = MultiPartParser(META, body, handlers, encoding).parse()
        if body.taken < content_length or b"--" + boundary + b"--" not in body.end:
            raise MultiPartParserError("The form was cut off on its way.")
        return form, files


class _Watched:
    """A body that counts its bytes, remembers the last ones, and must not drip in for ever."""

    def __init__(self, body: Any, *, keep: int) -> None:
        self._body = body
        self._keep = keep
        self._started = time.monotonic()
        self.taken = 0
        self.end = b""

    def read(self, size: int) -> bytes:
        if self._drips():
            raise MultiPartParserError("The form took too long to arrive.")
        part: bytes = self._body.read(size)
        self.taken += len(part)
        self.end = (self.end + part)[-self._keep :]
        return part

    def _drips(self) -> bool:
        seconds = time.monotonic() - self._started
        return seconds > MAX_SECONDS and self.taken < seconds * LEAST_BYTES_A_SECOND
