from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recognizer.accounts.owners import owner_of
from recognizer.checking.verified_text import unverify, verify
from recognizer.forms.verified_text import VerifiedTextForm
from recognizer.models import Upload, UploadQuerySet
from recognizer.presentation.overlay import marks
from recognizer.presentation.wording import is_doubtful
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads.reading import UploadGone
from recognizer.uploads.reading import read_again as read_upload_again


@require_safe
def result(request: HttpRequest, pk: UUID) -> HttpResponse:
    upload = _own_upload(request, pk)
    return result_page(request, upload, VerifiedTextForm.of(upload), 200)


def result_page(
    request: HttpRequest, upload: Upload, form: VerifiedTextForm, status: int
) -> HttpResponse:
    prediction = upload.current_prediction
    shown = marks(upload, prediction.digits.all()) if prediction else []
    own = _own_uploads(request)
    item = upload.in_batch
    context = {
        "upload": upload,
        "given_before": own.earlier_copies_of(upload).first(),
        "prediction": prediction,
        "marks": shown,
        "form": form,
        "item": item,
        "beside": item.beside() if item else None,
        "next_to_check": own.next_to_check(upload) if prediction else None,
        "some_are_doubtful": any(is_doubtful(mark.digit.confidence) for mark in shown),
    }
    return render(request, "recognizer/result.html", context, status=status)


@require_POST
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Store the text that a person verified, or remove it again."""
    upload = _own_upload(request, pk)
    if "forget" in request.POST:
        unverify(upload)
        messages.info(request, _("The picture counts as not checked again."))
        return redirect(upload)
    form = VerifiedTextForm(request.POST)
    if not form.is_valid():
        return result_page(request, upload, form, 400)
    verify(upload, form.cleaned_data["text"], by=owner_of(request))
    following = _own_uploads(request).next_to_check(upload) if "next" in request.POST else None
    if following:
        sentence = _("Thank you: what you say is kept. This is the next doubtful picture.")
        messages.success(request, sentence)
        return redirect(f"{following.get_absolute_url()}#answer")
    messages.success(request, _("Thank you: what you say is kept beside what was read."))
    # The link to the next doubtful picture, where there is one, gets the focus.
    return redirect(f"{upload.get_absolute_url()}#next")


@require_POST
def read_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    upload = _own_upload(request, pk)
    try:
        read_upload_again(upload)
    except StorageUnavailable:
        sentence = _("The stored picture could not be opened, so it was not read again.")
        messages.error(request, sentence)
    except UploadGone as gone:
        messages.error(request, str(gone))
        return redirect("recognizer:history")
    return redirect(upload)


def _own_upload(request: HttpRequest, pk: UUID) -> Upload:
    own = _own_uploads(request).with_current_prediction().with_batch()
    return get_object_or_404(own, pk=pk)


def _own_uploads(request: HttpRequest) -> UploadQuerySet:
    return Upload.objects.visible_to(owner_of(request))
