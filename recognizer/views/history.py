from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, override
from django.views.decorators.http import require_safe

from recognizer.accounts.owners import owner_of
from recognizer.history.export import export
from recognizer.history.filters import HistoryFilter
from recognizer.history.keyset import page_of
from recognizer.models import Upload
from recognizer.table_files import FORMATS
from recognizer.views.day_zone import zone_of
from recognizer.views.downloads import downloaded

PAGE_SIZE = 24  # Fills rows of two, three, four and six cards.
ROWS_AT_ONCE = 500
VIEWS = ("cards", "table")


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    narrowed = own_history(request)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    view = request.GET.get("view")
    context = {
        "filter": narrowed,
        "page": page_of(narrowed.qs, narrowed.order, PAGE_SIZE, after, before),
        "view": view if view in VIEWS else VIEWS[0],
        "formats": FORMATS,
    }
    # The page shows the days that it filters by, without scripts too.
    with override(narrowed.zone):
        return render(request, "recognizer/history.html", context)


def own_history(request: HttpRequest) -> HistoryFilter:
    """The visitor's own uploads, filtered and sorted by the address's query."""
    own = Upload.objects.visible_to(owner_of(request)).with_current_prediction()
    return HistoryFilter(request.GET, own, zone_of(request))


@require_safe
def export_history(request: HttpRequest) -> StreamingHttpResponse:
    """All uploads that match the filter, as a file to download."""
    kind = request.GET.get("format", "")
    if kind not in FORMATS:
        raise Http404("There is no such file format.")
    return exported(own_history(request).qs, kind)


def exported(uploads: QuerySet[Upload], kind: str) -> StreamingHttpResponse:
    """The uploads as a file to download, newest first."""
    newest_first = uploads.order_by("-created", "-pk").iterator(ROWS_AT_ONCE)
    return downloaded(export(newest_first, kind), kind, f"digitrec-{localdate():%Y-%m-%d}")
