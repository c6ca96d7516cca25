"""Checking a batch field by field: a picture, what it says, and the next one."""

import time
from collections.abc import Collection
from functools import partial
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_safe

from recognizer.checking.answers import NotAskedAnyMore, SomebodyElseHasIt, put_off, take_answer
from recognizer.checking.progress import progress_of
from recognizer.checking.queue import claim_more
from recognizer.forms.accounts import SignedInRequest
from recognizer.forms.checking import AnswerForm, ask_to_keep
from recognizer.models import Batch, BatchItem, as_typed
from recognizer.presentation.asked import Asked, asked_about, why_unfit
from recognizer.typed_digits import plain_digits
from recognizer.views.checking_access import checkable_batch, signed_in_checker
from recognizer.views.pictures import serve_picture
from recognizer.views.problems import problem, wants_json

# A page names the pictures that it has, and those whose answers are on their way.
MOST_HELD = 100
MOST_MORE = 3
PARTS = "recognizer/checking"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_checker
def checking(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The next picture to check; what is posted is what a person says of one."""
    batch = checkable_batch(request, pk)
    if request.method == "POST":
        return _answer(request, batch)
    items = _claim(batch, request, held=(), most=1)
    return _page(request, batch, items[0] if items else None)


@require_safe
@signed_in_checker
def checking_next(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Further pictures for a page that has some, which stay the person's."""
    batch = checkable_batch(request, pk)
    held = _numbers(request.GET.getlist("held"))[:MOST_HELD]
    most = min(next(iter(_numbers([request.GET.get("most", "")])), 1), MOST_MORE)
    cards = [
        {"position": item.position, "html": _card(request, batch, item)}
        for item in _claim(batch, request, held=held, most=most)
    ]
    return _told(request, batch, cards=cards)


@require_safe
@signed_in_checker
def checking_picture(request: SignedInRequest, pk: UUID, position: int) -> HttpResponseBase:
    item = _item(checkable_batch(request, pk), str(position))
    if item.upload is None:
        raise AssertionError("The query leaves out what has no picture.")
    return serve_picture(item.upload)


@require_safe
@signed_in_checker
def checking_rule(request: SignedInRequest, pk: UUID, position: int) -> HttpResponse:
    """Whether a text satisfies the batch's rule: a page asks before it goes on."""
    item = _item(checkable_batch(request, pk), str(position))
    why = why_unfit(item, as_typed(plain_digits(request.GET.get("text", "")))[:1000])
    content = {"why": ask_to_keep(why) if why else ""}
    return JsonResponse(content, headers={"Cache-Control": "no-store"})


def _answer(request: SignedInRequest, batch: Batch) -> HttpResponse:
    item = _item(batch, request.POST.get("position", ""))
    asked = asked_about(item)
    form = AnswerForm(
        request.POST,
        may_be_empty=asked.may_be_empty,
        name=_name(item),
        why_unfit=partial(why_unfit, item),
    )
    if form.is_later:
        put_off(item, by=request.user)
        return _go_on(request, batch)
    if not form.is_valid():
        return _refuse(request, batch, item, form)
    try:
        take_answer(item, form.said(), by=request.user)
    except (SomebodyElseHasIt, NotAskedAnyMore) as refusal:
        if wants_json(request):
            return problem(refusal.status, refusal.code, str(refusal))
        messages.warning(request, str(refusal))
    return _go_on(request, batch)


def _go_on(request: SignedInRequest, batch: Batch) -> HttpResponse:
    return (
        _told(request, batch) if wants_json(request) else redirect("recognizer:checking", batch.pk)
    )


def _refuse(
    request: SignedInRequest, batch: Batch, item: BatchItem, form: AnswerForm
) -> HttpResponse:
    """What was typed can't be taken: the same picture is shown again, with the reason."""
    if not wants_json(request):
        return _page(request, batch, item, form)
    sentences = [str(sentence) for found in form.errors.values() for sentence in found]
    return problem(400, "unfit" if form.unfit else "not_taken", " ".join(sentences))


def _page(
    request: SignedInRequest,
    batch: Batch,
    item: BatchItem | None,
    form: AnswerForm | None = None,
) -> HttpResponse:
    context = {
        "batch": batch,
        "progress": progress_of(batch, request.user),
        "is_own": batch.user_id == request.user.pk,
    }
    if item:
        context |= _context_of(batch, item, form)
    return render(request, f"{PARTS}/checking.html", context, status=400 if form else 200)


def _card(request: HttpRequest, batch: Batch, item: BatchItem) -> str:
    return render_to_string(f"{PARTS}/_card.html", _context_of(batch, item), request)


def _context_of(batch: Batch, item: BatchItem, form: AnswerForm | None = None) -> dict[str, object]:
    asked: Asked = asked_about(item)
    return {
        "batch": batch,
        "asked": asked,
        "form": form or AnswerForm(text=asked.text, name=_name(item)),
        "key": uuid4(),
        "shown": f"{time.time():.1f}",
    }


def _told(request: SignedInRequest, batch: Batch, **more: object) -> HttpResponse:
    """How far the batch is, for the page's script."""
    context = {"progress": progress_of(batch, request.user)}
    html = render_to_string(f"{PARTS}/_progress.html", context, request)
    return JsonResponse({"progress": html, **more}, headers={"Cache-Control": "no-store"})


def _claim(
    batch: Batch, request: SignedInRequest, held: Collection[int], most: int
) -> list[BatchItem]:
    claimed = claim_more(batch, request.user, held, most)
    items = _shown(batch).in_bulk([item.pk for item in claimed])
    return [items[item.pk] for item in claimed if item.pk in items]


def _item(batch: Batch, position: str) -> BatchItem:
    positions = _numbers([position])
    return get_object_or_404(_shown(batch), position__in=positions)


def _shown(batch: Batch) -> QuerySet[BatchItem]:
    """The pictures that there are to see, with all that is shown of them."""
    stored = batch.items.filter(upload__stored__isnull=False)
    return stored.select_related("batch__rule", "upload__current_prediction")


def _name(item: BatchItem) -> str:
    """Begins the ids of a card's parts: a page may have several cards."""
    return f"picture-{item.position}-"


def _numbers(texts: Collection[str]) -> list[int]:
    """Those of the texts that are positions: as the database has them."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
