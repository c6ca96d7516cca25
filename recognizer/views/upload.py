from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from recognizer.forms import NotAForm, UploadForm
from recognizer.owners import uploading_owner
from recognizer.recognition import StorageUnavailable, recognize
from recognizer.refusals import Refusal

# A full disk or a bucket that is away: worth another try in half a minute.
RETRY_AFTER_S = 30


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return upload_page(request, UploadForm(), 200)
    if request.content_type != "multipart/form-data":
        return refused(request, NotAForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return upload_page(request, form, 400)
    picture = form.cleaned_data["picture"]
    try:
        given = recognize(
            picture.read(),
            owner=uploading_owner(request),
            source=form.cleaned_data["source"],
            original_name=picture.name or "",
        )
    except Refusal as refusal:
        return refused(request, refusal)
    except StorageUnavailable:
        return unavailable(request)
    return redirect(given)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The upload page again, with the reason beside the field."""
    return upload_page(request, UploadForm.refused(refusal), refusal.status)


def unavailable(request: HttpRequest) -> HttpResponse:
    response = upload_page(request, UploadForm(), 503, unavailable=True)
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response


def upload_page(
    request: HttpRequest, form: UploadForm, status: int, *, unavailable: bool = False
) -> HttpResponse:
    context = {
        "form": form,
        "max_bytes": settings.MAX_UPLOAD_BYTES,
        "max_megabytes": settings.MAX_UPLOAD_BYTES // 2**20,
        "unavailable": unavailable,
    }
    return render(request, "recognizer/upload.html", context, status=status)
