from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from recognizer.accounts import own_data
from recognizer.accounts.owners import owner_of
from recognizer.models import Upload
from recognizer.upkeep import retention
from recognizer.uploads.deletion import deleted_sentence


@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    count = Upload.objects.given_by(owner_of(request)).count()
    context = {"count": count, "promise": retention.promise()}
    return render(request, "recognizer/my_data.html", context)


@require_POST
def download_my_data(request: HttpRequest) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        own_data.archive(owner_of(request)), content_type="application/zip"
    )
    response["Content-Disposition"] = (
        f'attachment; filename="digitrec-{timezone.now():%Y-%m-%d}.zip"'
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def delete_my_data(request: HttpRequest) -> HttpResponse:
    owner = owner_of(request)
    if request.method != "POST":
        count = Upload.objects.given_by(owner).count()
        return render(request, "recognizer/delete_my_data.html", {"count": count})
    count = own_data.delete(owner)
    if owner.user is None:
        request.session.flush()
    messages.success(request, deleted_sentence(count))
    return redirect("recognizer:my_data")
