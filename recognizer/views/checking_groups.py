"""Checking a batch digit by digit: all that were read as the same on one sheet."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from recognizer.checking import groups
from recognizer.checking.progress import progress_of
from recognizer.forms.accounts import SignedInRequest
from recognizer.forms.checking import NOT_OF_A_DIGIT, SheetForm
from recognizer.models import Batch, DigitPrediction
from recognizer.views.checking_access import checkable_batch, signed_in_checker
from recognizer.views.pictures import serve_digit

PARTS = "recognizer/checking"


@dataclass(frozen=True)
class ShownDigit:
    """A digit on a sheet, and what was typed beside it."""

    digit: DigitPrediction
    said: str = ""

    @property
    def position(self) -> int:
        """Of its picture in the batch."""
        return int(self.digit.prediction.upload.batch_item.position)


@require_safe
@signed_in_checker
def checking_groups(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The ten groups, with the number of digits that wait in each."""
    batch = checkable_batch(request, pk)
    taken = groups.held_by_others(batch, request.user)
    waiting = groups.counts(batch, request.user)
    return _page(
        request,
        batch,
        "groups",
        groups=[(value, count, value in taken) for value, count in sorted(waiting.items())],
        total=sum(waiting.values()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_checker
def checking_group(request: SignedInRequest, pk: UUID, digit: int) -> HttpResponse:
    """A sheet of digits that were read as the same; what is posted says which are not."""
    batch = checkable_batch(request, pk)
    if digit > 9:
        raise Http404("There is no such digit.")
    if request.method == "POST":
        return _take(request, batch, digit)
    if not groups.claim_group(batch, digit, request.user):
        messages.info(request, _("Somebody else has these digits before them. Take others."))
        return redirect("recognizer:checking_groups", batch.pk)
    shown = [ShownDigit(one) for one in groups.sheet(batch, digit, request.user)]
    return _sheet(request, batch, digit, shown)


@require_safe
@signed_in_checker
def checking_digit(
    request: SignedInRequest, pk: UUID, position: int, place: int
) -> HttpResponseBase:
    """The picture of one digit."""
    item = get_object_or_404(
        checkable_batch(request, pk).items.select_related("upload__current_prediction"),
        position=position,
        upload__current_prediction__isnull=False,
    )
    prediction = item.upload.current_prediction if item.upload else None
    if prediction is None:
        raise AssertionError("The query leaves out what was not read.")
    return serve_digit(
        get_object_or_404(prediction.digits.select_related("prediction__upload"), position=place)
    )


def _take(request: SignedInRequest, batch: Batch, value: int) -> HttpResponse:
    form = SheetForm(request.POST.dict())
    if not form.is_valid():
        again = groups.sheet_again(batch, list(form.said))
        shown = [ShownDigit(one, form.said[one.pk]) for one in again]
        return _sheet(request, batch, value, shown, error=str(NOT_OF_A_DIGIT))
    noted = groups.take_sheet(batch, value, form.said, by=request.user)
    if noted.digits:
        messages.success(request, _in_words(noted))
    more = groups.counts(batch, request.user)[value]
    if more:
        return redirect("recognizer:checking_group", batch.pk, value)
    return redirect("recognizer:checking_groups", batch.pk)


def _in_words(noted: groups.Noted) -> str:
    sentences = [
        ngettext(
            "%(count)d digit is noted, %(odd)d of them as another one or as none.",
            "%(count)d digits are noted, %(odd)d of them as others or as none.",
            noted.digits,
        )
        % {"count": noted.digits, "odd": noted.odd}
    ]
    if noted.known:
        sentence = _("Of %(known)d whose answer was known, you found %(found)d.")
        sentences.append(sentence % {"known": noted.known, "found": noted.found})
    return " ".join(sentences)


def _sheet(
    request: SignedInRequest,
    batch: Batch,
    value: int,
    shown: list[ShownDigit],
    error: str = "",
) -> HttpResponse:
    return _page(
        request,
        batch,
        "group",
        status=400 if error else 200,
        value=value,
        shown=shown,
        # Another value gives a known answer away to nobody but the server.
        has_known=any(one.digit.value != value for one in shown),
        error=error,
    )


def _page(
    request: SignedInRequest, batch: Batch, name: str, status: int = 200, **more: object
) -> HttpResponse:
    context = {
        "batch": batch,
        "progress": progress_of(batch, request.user),
        "is_own": batch.user_id == request.user.pk,
        **more,
    }
    return render(request, f"{PARTS}/{name}.html", context, status=status)
