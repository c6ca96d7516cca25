"""What the owner of a batch does with it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from recognizer.batches import changing, giving
from recognizer.forms.accounts import SignedInRequest
from recognizer.forms.batch import BatchNameForm
from recognizer.uploads.deletion import deleted_sentence
from recognizer.views.batch import batch_page
from recognizer.views.own_batch import own_batch
from recognizer.views.problems import wants_json
from recognizer.views.signed_in import signed_in


@require_POST
@signed_in
def close_batch(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take no more pictures: these were all."""
    batch = own_batch(request, pk)
    giving.close(batch)
    if wants_json(request):
        return JsonResponse({"url": batch.get_absolute_url()})
    return redirect(batch)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def cancel_batch(request: SignedInRequest, pk: UUID) -> HttpResponse:
    batch = own_batch(request, pk)
    if request.method != "POST":
        return render(request, "recognizer/cancel_batch.html", {"batch": batch})
    changing.cancel(batch)
    if batch.cancelled:
        messages.success(request, _("The batch was cancelled. What was read until then is kept."))
    return redirect(batch)


@require_POST
@signed_in
def retry_batch(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Let workers try again what failed."""
    batch = own_batch(request, pk)
    count = changing.retry(batch)
    if count:
        sentence = ngettext(
            "%(count)d picture or file is tried again.",
            "%(count)d pictures and files are tried again.",
            count,
        )
        messages.success(request, sentence % {"count": count})
    else:
        messages.info(request, _("There is nothing that another try could help."))
    return redirect(batch)


@require_POST
@signed_in
def rename_batch(request: SignedInRequest, pk: UUID) -> HttpResponse:
    batch = own_batch(request, pk)
    form = BatchNameForm(request.POST)
    if not form.is_valid():
        return batch_page(request, pk, form, 400)
    batch.name = form.cleaned_data["name"]
    batch.save(update_fields=["name"])
    return redirect(batch)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def delete_batch(request: SignedInRequest, pk: UUID) -> HttpResponse:
    batch = own_batch(request, pk)
    if request.method != "POST":
        count = batch.items.exclude(upload=None).count()
        return render(request, "recognizer/delete_batch.html", {"batch": batch, "count": count})
    messages.success(request, deleted_sentence(changing.delete_batch(batch)))
    return redirect("recognizer:batches")
