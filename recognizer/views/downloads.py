"""Tables as files to download."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse

from recognizer.table_files import FORMATS


def downloaded(pieces: Iterator[bytes], kind: str, name: str) -> StreamingHttpResponse:
    """A file to keep, under this name with the ending of its format.

    Args:
        kind: a key of FORMATS.
        name: ASCII, without quotation marks.
    """
    file = FORMATS[kind]
    return StreamingHttpResponse(
        pieces,
        content_type=file.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{file.ending}"'},
    )
