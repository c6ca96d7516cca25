"""Actions on several pictures of the history at once."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from recognizer.accounts.owners import owner_of
from recognizer.models import Upload, UploadQuerySet
from recognizer.storage.protocol import StorageUnavailable
from recognizer.table_files import FORMATS
from recognizer.uploads.deletion import delete_uploads, deleted_sentence
from recognizer.uploads.reading import UploadGone, read_again
from recognizer.views.history import PAGE_SIZE, exported
from recognizer.views.own_path import own_path


@require_POST
def selection(request: HttpRequest) -> HttpResponseBase:
    """Apply the action of the pressed button to the chosen pictures."""
    chosen = _chosen(request)
    action = request.POST.get("action", "")
    if not chosen:
        messages.warning(request, _("Choose some pictures first."))
        return _back(request)
    if action in FORMATS:
        return exported(chosen, action)
    if action == "delete":
        return _delete(request, chosen)
    if action == "read_again":
        return _read_again(request, chosen)
    messages.warning(request, _("Choose what to do with the pictures."))
    return _back(request)


def _chosen(request: HttpRequest) -> UploadQuerySet:
    """The ticked uploads that are the visitor's own; a page shows no more than PAGE_SIZE."""
    keys = []
    for text in request.POST.getlist("pk")[:PAGE_SIZE]:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    own = Upload.objects.visible_to(owner_of(request)).with_current_prediction()
    return own.filter(pk__in=keys)


def _delete(request: HttpRequest, chosen: UploadQuerySet) -> HttpResponse:
    if "confirmed" not in request.POST:
        context = {"uploads": chosen, "back": _way_back(request)}
        return render(request, "recognizer/delete_several.html", context)
    count = delete_uploads(chosen)
    messages.success(request, deleted_sentence(count))
    return _back(request)


def _read_again(request: HttpRequest, chosen: UploadQuerySet) -> HttpResponse:
    failed = 0
    for upload in chosen:
        try:
            read_again(upload)
        except (StorageUnavailable, UploadGone):
            failed += 1
    _say_what_was_read_again(request, len(chosen) - failed, failed)
    return _back(request)


def _say_what_was_read_again(request: HttpRequest, done: int, failed: int) -> None:
    if done:
        sentence = ngettext(
            "%(count)d picture was read again with the model of today.",
            "%(count)d pictures were read again with the model of today.",
            done,
        )
        messages.success(request, sentence % {"count": done})
    if failed:
        sentence = ngettext(
            "%(count)d picture could not be opened, so it was not read again.",
            "%(count)d pictures could not be opened, so they were not read again.",
            failed,
        )
        messages.error(request, sentence % {"count": failed})


def _back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(_way_back(request) or reverse("recognizer:history"))


def _way_back(request: HttpRequest) -> str:
    """The path of the history page on which the pictures were chosen; empty if none is named."""
    return own_path(request.POST.get("back", ""))
