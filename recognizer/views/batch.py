"""One batch: how far it is, and its pictures."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from recognizer.accounts.owners import owner_of
from recognizer.batches.progress import progress_of
from recognizer.forms.accounts import SignedInRequest
from recognizer.forms.batch import BatchNameForm
from recognizer.history.batch_filters import BatchFilter
from recognizer.history.keyset import page_of
from recognizer.models import Batch
from recognizer.table_files import FORMATS
from recognizer.views.signed_in import signed_in

PAGE_SIZE = 50
# Files that can't be used, of which a page tells.
MOST_SOURCES = 50


@require_safe
@signed_in
def batch(request: SignedInRequest, pk: UUID) -> HttpResponse:
    return batch_page(request, pk, None, 200)


def batch_page(
    request: SignedInRequest, pk: UUID, form: BatchNameForm | None, status: int
) -> HttpResponse:
    """The batch's page.

    Args:
        form: a name that could not be taken.
    """
    batch = _own_batch(request, pk)
    items = batch.items.select_related("upload__current_prediction", "same_as")
    narrowed = BatchFilter(request.GET, items)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    context = {
        "batch": batch,
        "progress": progress_of(batch),
        # A batch that is being read has none that holds.
        "estimate": batch.estimates.first() if batch.finished else None,
        "unusable": batch.sources.exclude(code="").order_by("number")[:MOST_SOURCES],
        "filter": narrowed,
        "page": page_of(narrowed.qs, narrowed.order, PAGE_SIZE, after, before),
        "formats": FORMATS,
        "name_form": form or BatchNameForm(initial={"name": batch.name}),
    }
    return render(request, "recognizer/batch.html", context, status=status)


@require_safe
@signed_in
def batch_status(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """How far the batch is: in numbers for programs, and in words for its page."""
    batch = _own_batch(request, pk)
    progress = progress_of(batch)
    content = {
        "stage": progress.stage,
        "is_over": progress.is_over,
        "is_busy": progress.is_busy,
        "total": progress.total,
        "done": progress.done,
        "counts": progress.counts,
        "unopened_files": progress.unopened,
        "a_second": round(progress.a_second, 2),
        "seconds_left": progress.seconds_left,
        "html": render_to_string(
            "recognizer/_batch_progress.html", {"progress": progress, "batch": batch}, request
        ),
    }
    return JsonResponse(content, headers={"Cache-Control": "no-store"})


def _own_batch(request: SignedInRequest, pk: UUID) -> Batch:
    own = Batch.objects.visible_to(owner_of(request)).with_unopened().select_related("rule")
    return get_object_or_404(own, pk=pk)
