"""The list of one's own batches."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recognizer.accounts.owners import owner_of
from recognizer.batches.progress import progress_of_each
from recognizer.forms.accounts import SignedInRequest
from recognizer.history.keyset import NEWEST, page_of
from recognizer.models import Batch
from recognizer.views.signed_in import signed_in

PAGE_SIZE = 20


@require_safe
@signed_in
def batches(request: SignedInRequest) -> HttpResponse:
    own = Batch.objects.visible_to(owner_of(request)).with_unopened()
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = page_of(own, NEWEST, PAGE_SIZE, after, before)
    context = {"page": page, "listed": progress_of_each(page.rows)}
    return render(request, "recognizer/batches.html", context)
