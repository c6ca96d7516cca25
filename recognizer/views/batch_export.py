from uuid import UUID

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from recognizer.batches.export import table_of
from recognizer.table_files import FORMATS, written
from recognizer.views.downloads import downloaded
from recognizer.views.own_batch import own_batch


@require_safe
def export_batch(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """All pictures of a batch with their values, as a file to download.

    The address may say format (XLSX without it), and bom=1 for a CSV that spreadsheets know to be
    in UTF-8.
    """
    batch = own_batch(request, pk)
    kind = request.GET.get("format", next(iter(FORMATS)))
    if kind not in FORMATS:
        raise Http404("There is no such file format.")
    root = request.build_absolute_uri("/").rstrip("/")
    table = table_of(batch, batch.items.all(), root, whole=True)
    pieces = written(table, kind, marked=request.GET.get("bom") == "1")
    return downloaded(pieces, kind, f"digitrec-batch-{localdate():%Y-%m-%d}")
