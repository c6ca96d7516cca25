"""Making a batch: by a form with all of its files, or by a script that gives them afterwards."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from recognizer.accounts.owners import owner_of
from recognizer.accounts.throttle import count_batch
from recognizer.batches.giving import Wanted, open_batch
from recognizer.forms.accounts import SignedInRequest
from recognizer.forms.batch import NewBatchForm
from recognizer.forms.upload import NotAForm
from recognizer.models import Batch, SavedRule, SavedRuleQuerySet
from recognizer.refusals import MissingFile, Refusal
from recognizer.views.batch_files import give_all, limits
from recognizer.views.batch_refusals import refused, told
from recognizer.views.problems import wants_json
from recognizer.views.signed_in import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache  # After the Back button, the form is a new one, with a key of its own.
@signed_in
def new_batch(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":
        return new_batch_page(request)
    if request.content_type != "multipart/form-data":
        return new_batch_refused(request, NotAForm())
    form = NewBatchForm(request.POST, request.FILES, rules=_rules(request))
    if not form.is_valid():
        return _invalid(request, form)
    try:
        batch = _open(request, form)
    except Refusal as refusal:
        return new_batch_refused(request, refusal, form)
    return _opened(batch) if wants_json(request) else _given(request, batch, form)


def _open(request: SignedInRequest, form: NewBatchForm) -> Batch:
    """Make the batch, unless it would be empty: a script gives its files afterwards.

    Raises:
        Refusal: there are no files, or there were too many batches.
    """
    if not form.cleaned_data["pictures"] and not wants_json(request):
        raise MissingFile
    count_batch(request.user)
    return open_batch(request.user, _wanted(form))


def _given(request: HttpRequest, batch: Batch, form: NewBatchForm) -> HttpResponse:
    wanted = form.cleaned_data
    give_all(request, batch, wanted["pictures"], str(wanted["key"] or ""), close_after=True)
    return redirect(batch)


def new_batch_page(
    request: HttpRequest, form: NewBatchForm | None = None, status: int = 200, sentence: str = ""
) -> HttpResponse:
    """The page to make a batch, perhaps with the reason why the last one was not made."""
    form = form or NewBatchForm(rules=_rules(request))
    context = {"form": form, "key": uuid4(), "error": sentence} | limits()
    return render(request, "recognizer/new_batch.html", context, status=status)


def new_batch_refused(
    request: HttpRequest, refusal: Refusal, form: NewBatchForm | None = None
) -> HttpResponse:
    return refused(request, refusal, lambda status, why: new_batch_page(request, form, status, why))


def _invalid(request: HttpRequest, form: NewBatchForm) -> HttpResponse:
    first = next(iter(form.errors.as_data().values()))[0]
    sentence = " ".join(first.messages)
    return told(
        request,
        400,
        str(first.code),
        sentence,
        lambda status, _why: new_batch_page(request, form, status),
    )


def _rules(request: HttpRequest) -> SavedRuleQuerySet:
    return SavedRule.objects.visible_to(owner_of(request))


def _wanted(form: NewBatchForm) -> Wanted:
    wanted = form.cleaned_data
    return Wanted(
        name=wanted["name"],
        rule=wanted["rule"],
        one_wrong_in=wanted["one_wrong_in"],
        skip_identical=wanted["skip_identical"],
        keep_days=wanted["keep_days"],
        key=str(wanted["key"] or ""),
    )


def _opened(batch: Batch) -> HttpResponse:
    """Where a script gives the files of the batch, and says that these were all."""
    content = {
        "url": batch.get_absolute_url(),
        "files": reverse("recognizer:batch_files", args=[batch.pk]),
        "close": reverse("recognizer:close_batch", args=[batch.pk]),
    }
    return JsonResponse(content, status=201, headers={"Location": batch.get_absolute_url()})
