from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from recognizer.accounts.owners import owner_of
from recognizer.models import Upload
from recognizer.uploads.deletion import delete_uploads, deleted_sentence


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    uploads = Upload.objects.visible_to(owner_of(request)).with_current_prediction()
    upload = get_object_or_404(uploads, pk=pk)
    if request.method != "POST":
        return render(request, "recognizer/delete.html", {"upload": upload})
    delete_uploads([upload])
    messages.success(request, deleted_sentence(1))
    return redirect("recognizer:history")
