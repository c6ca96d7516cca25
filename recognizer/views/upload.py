from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from recognizer.drawing import Drawing
from recognizer.examples import EXAMPLES
from recognizer.forms import NotAForm, UploadForm
from recognizer.models import Upload
from recognizer.owners import Owner, uploading_owner
from recognizer.recognition import KeyReused, StorageUnavailable, recognize
from recognizer.refusals import Refusal

# A full disk or a bucket that is away: worth another try in half a minute.
RETRY_AFTER_S = 30
# Of the pens to draw with; the middle one is as wide as a felt pen's line beside digits.
PEN_WIDTHS_PX = (3, 6, 10)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return upload_page(request, UploadForm(), 200)
    if request.content_type != "multipart/form-data":
        return refused(request, NotAForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return upload_page(request, form, 400)
    key: UUID | None = form.cleaned_data["key"]
    owner = uploading_owner(request, key)
    try:
        given = _recognize_once(form, owner, key)
    except Refusal as refusal:
        return refused(request, refusal)
    except StorageUnavailable:
        return unavailable(request)
    return redirect(given)


def _recognize_once(form: UploadForm, owner: Owner, key: UUID | None) -> Upload:
    try:
        return _recognize(form, owner, key)
    except KeyReused:
        # The browser's Back button brings the same form for another picture.
        return _recognize(form, owner, uuid4())


def _recognize(form: UploadForm, owner: Owner, key: UUID | None) -> Upload:
    drawing: Drawing | None = form.cleaned_data["strokes"]
    picture = form.cleaned_data["picture"]
    if picture:
        picture.seek(0)
    return recognize(
        drawing.png() if drawing else picture.read(),
        owner=owner,
        source=Upload.Source.DRAW if drawing else form.cleaned_data["source"],
        original_name="" if drawing else picture.name or "",
        drawing=drawing,
        key=str(key or ""),
    )


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
        "examples": EXAMPLES,
        "key": uuid4(),
        "pens": PEN_WIDTHS_PX,
        "max_bytes": settings.MAX_UPLOAD_BYTES,
        "max_megabytes": settings.MAX_UPLOAD_BYTES // 2**20,
        "unavailable": unavailable,
    }
    return render(request, "recognizer/upload.html", context, status=status)
