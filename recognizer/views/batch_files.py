"""Giving files to a batch that takes more: one by one from a script, or several by a form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from recognizer.batches.giving import BatchClosed, BatchFull, close, give
from recognizer.forms.accounts import SignedInRequest
from recognizer.forms.batch import BatchFilesForm
from recognizer.forms.upload import NotAForm
from recognizer.models import Batch, BatchSource
from recognizer.refusals import MissingFile, Refusal
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads.storing import KeyReused, printable_name
from recognizer.views.batch_refusals import refused
from recognizer.views.own_batch import own_batch
from recognizer.views.problems import wants_json
from recognizer.views.signed_in import signed_in
from recognizer.views.upload import STORAGE_UNAVAILABLE

# Refusals that every further file would meet as well.
OF_ALL = (BatchClosed, BatchFull)
# So many files are told by name why they were not taken.
MOST_TOLD = 20
# A file's key is that of its form and a number.
MAX_FORM_KEY_LENGTH = 80


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
def batch_files(request: SignedInRequest, pk: UUID) -> HttpResponse:
    batch = own_batch(request, pk)
    if request.method != "POST":
        return _page_or_batch(request, batch)
    if request.content_type != "multipart/form-data":
        return files_refused(request, batch, NotAForm())
    form = BatchFilesForm(request.POST, request.FILES)
    files = form.cleaned_data["pictures"] if form.is_valid() else []
    if not files:
        return files_refused(request, batch, MissingFile())
    if wants_json(request):
        return _give_one(request, batch, form)
    give_all(request, batch, files, form.cleaned_data["key"], close_after="close" in request.POST)
    return redirect(batch)


def _page_or_batch(request: HttpRequest, batch: Batch) -> HttpResponse:
    if batch.closed or batch.cancelled:
        messages.warning(request, str(BatchClosed()))
        return redirect(batch)
    return files_page(request, batch)


def files_page(
    request: HttpRequest, batch: Batch, status: int = 200, sentence: str = ""
) -> HttpResponse:
    """The page to give more pictures, perhaps with the reason why the last were not taken."""
    sources = list(batch.sources.exclude(stored=None).values_list("number", "key"))
    context = {
        "batch": batch,
        "form": BatchFilesForm(),
        "error": sentence,
        "key": uuid4(),
        # A script leaves out what the batch has already.
        "keys": json.dumps([key for _number, key in sources if key]),
        "next_number": max((number for number, _key in sources), default=-1) + 1,
    } | limits()
    return render(request, "recognizer/batch_files.html", context, status=status)


def files_refused(
    request: HttpRequest, batch: Batch, refusal: Refusal | StorageUnavailable
) -> HttpResponse:
    return refused(request, refusal, lambda status, why: files_page(request, batch, status, why))


def limits() -> dict[str, object]:
    """What a page says about the files that a batch takes."""
    return {
        "max_files": settings.BATCH_PICTURES,
        "max_megabytes": settings.BATCH_MEGABYTES,
        "max_file_megabytes": settings.BATCH_FILE_MEGABYTES,
        "max_file_bytes": settings.BATCH_FILE_MEGABYTES << 20,
    }


def _give_one(request: HttpRequest, batch: Batch, form: BatchFilesForm) -> HttpResponse:
    file, key = form.cleaned_data["pictures"][0], form.cleaned_data["key"]
    try:
        source = _given(batch, file, key, form.cleaned_data["number"])
    except (Refusal, StorageUnavailable) as refusal:
        return files_refused(request, batch, refusal)
    return JsonResponse({"name": source.name, "number": source.number}, status=201)


def _given(
    batch: Batch, file: UploadedFile[bytes], key: str, number: int | None = None
) -> BatchSource:
    name = file.name or ""
    try:
        return give(batch, file, name, key, number)
    except KeyReused:
        # Another file that has name, size and date in common with one that was given before.
        return give(batch, file, name, str(uuid4()), number)


def give_all(
    request: HttpRequest,
    batch: Batch,
    files: Sequence[UploadedFile[bytes]],
    key: str,
    *,
    close_after: bool,
) -> None:
    """Give files to a batch, and tell which ones were not taken.

    Args:
        key: of the form. Sent twice, it gives the same files once.
        close_after: whether these are all. If one was not taken, another may come in its place.
    """
    count, untaken = 0, []
    key = key[:MAX_FORM_KEY_LENGTH] or str(uuid4())
    for number, file in enumerate(files):
        try:
            _given(batch, file, f"{key} {number}")
            count += 1
        except OF_ALL as refusal:
            untaken.append(str(refusal))
            break
        except (Refusal, StorageUnavailable) as refusal:
            why = str(refusal) if isinstance(refusal, Refusal) else str(STORAGE_UNAVAILABLE)
            untaken.append(f"{printable_name(file.name or '')}: {why}")
    _tell(request, count, untaken)
    if close_after and not untaken:
        close(batch)


def _tell(request: HttpRequest, count: int, untaken: Sequence[str]) -> None:
    if count:
        sentence = ngettext(
            "%(count)d file was taken. Its pictures are read by and by; you can close this page.",
            "%(count)d files were taken. Their pictures are read by and by; "
            "you can close this page.",
            count,
        )
        messages.success(request, sentence % {"count": count})
    for sentence in untaken[:MOST_TOLD]:
        messages.error(request, sentence)
    if (more := len(untaken) - MOST_TOLD) > 0:
        sentence = ngettext(
            "%(count)d more file was not taken.", "%(count)d more files were not taken.", more
        )
        messages.error(request, sentence % {"count": more})
