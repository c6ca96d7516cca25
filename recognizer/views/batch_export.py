from uuid import UUID

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from recognizer.accounts.owners import owner_of
from recognizer.batches.export import table_of
from recognizer.models import Batch
from recognizer.table_files import FORMATS, written
from recognizer.views.downloads import downloaded


@require_safe
def export_batch(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """All pictures of a batch with their values, as a file to download.

    The address may say format (XLSX without it), and bom=1 for a CSV that spreadsheets know to be
    in UTF-8.
    """
    batch = get_object_or_404(Batch.objects.visible_to(owner_of(request)), pk=pk)
    kind = request.GET.get("format", next(iter(FORMATS)))
    if kind not in FORMATS:
        raise Http404("There is no such file format.")
    root = request.build_absolute_uri("/").rstrip("/")
    table = table_of(batch, batch.items.all(), root, whole=True)
    pieces = written(table, kind, marked=request.GET.get("bom") == "1")
    return downloaded(pieces, kind, f"digitrec-batch-{localdate():%Y-%m-%d}")
