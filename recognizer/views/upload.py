from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from recognizer.accounts.clients import client_of
from recognizer.accounts.owners import uploading_owner
from recognizer.accounts.throttle import count_uploads
from recognizer.forms.upload import NotAForm, UploadForm
from recognizer.intake.drawing import Drawing
from recognizer.model_versions import active_model
from recognizer.models import Owner, Upload
from recognizer.monitoring import events
from recognizer.monitoring.log_filters import route_of
from recognizer.presentation.examples import EXAMPLES
from recognizer.presentation.guide_video import caption_tracks, transcript
from recognizer.presentation.wording import one_line, percent
from recognizer.refusals import EmptyFile, MissingFile, Refusal
from recognizer.serializers import upload_as_data
from recognizer.storage.protocol import StorageUnavailable
from recognizer.uploads.recognition import recognize
from recognizer.uploads.storing import Given, KeyReused
from recognizer.views.problems import problem, wants_json

# A full disk or a bucket that is away: worth another try in half a minute.
RETRY_AFTER_S = 30
STORAGE_UNAVAILABLE = _(
    "The picture could not be stored just now, so nothing of it was kept. "
    "Please try again in a minute."
)
# Django's error codes, mapped to ours.
DJANGO_CODES = {"empty": EmptyFile.code, "missing": MissingFile.code, "invalid": MissingFile.code}
# Widths of the pens to draw with; beside digits, the middle one looks like a felt pen's line.
PEN_WIDTHS_PX = (3, 6, 10)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return upload_page(request, UploadForm(), 200)
    if request.content_type != "multipart/form-data":
        return refused(request, NotAForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return invalid(request, form)
    owner = uploading_owner(request, form.cleaned_data["key"])
    try:
        count_uploads(owner, client_of(request))
        given = _recognize_once(form, owner)
    except Refusal as refusal:
        return refused(request, refusal)
    except StorageUnavailable:
        return unavailable(request)
    events.upload_taken(given, route_of(request))
    return given_to_script(given) if wants_json(request) else redirect(given)


def _recognize_once(form: UploadForm, owner: Owner) -> Upload:
    try:
        return _recognize(form, owner, form.cleaned_data["key"])
    except KeyReused:
        # The browser's Back button shows the same form, with its key, for another picture.
        return _recognize(form, owner, uuid4())


def _recognize(form: UploadForm, owner: Owner, key: UUID | None) -> Upload:
    return recognize(_given_in(form, str(key or "")), owner)


def _given_in(form: UploadForm, key: str) -> Given:
    drawing: Drawing | None = form.cleaned_data["strokes"]
    if drawing:
        return Given(drawing.png(), Upload.Source.DRAW, drawing=drawing, key=key)
    picture = form.cleaned_data["picture"]
    picture.seek(0)
    return Given(
        picture.read(),
        form.cleaned_data["source"],
        original_name=picture.name or "",
        key=key,
        crop=form.cleaned_data["crop"],
    )


def given_to_script(upload: Upload) -> HttpResponse:
    read = upload_as_data(upload)
    content = {
        "url": upload.get_absolute_url(),
        "text": one_line(read["text"]) if read["text"] else "",
        "state": read["state"],
        "state_name": upload.state_label,
        "confidence": "" if read["confidence"] is None else percent(read["confidence"]),
    }
    return JsonResponse(content, status=201, headers={"Location": upload.get_absolute_url()})


def invalid(request: HttpRequest, form: UploadForm) -> HttpResponse:
    """The upload page again, with the errors beside the fields."""
    first = next(iter(form.errors.as_data().values()))[0]
    code = DJANGO_CODES.get(str(first.code), str(first.code))
    return _refusing(request, 400, code, " ".join(first.messages), form)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The upload page again, with the reason beside the field."""
    form = UploadForm.refused(refusal)
    response = _refusing(request, refusal.status, refusal.code, str(refusal), form)
    if refusal.retry_after_s is not None:
        response["Retry-After"] = str(refusal.retry_after_s)
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """The upload page again, after the storage failed."""
    sentence, form = str(STORAGE_UNAVAILABLE), UploadForm()
    response = _refusing(request, 503, StorageUnavailable.code, sentence, form)
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _refusing(
    request: HttpRequest, status: int, code: str, sentence: str, form: UploadForm
) -> HttpResponse:
    """Log a refused upload, and answer with a page or with JSON; every refusal passes here."""
    events.upload_refused(code, route_of(request), events.declared_bytes(request))
    if wants_json(request):
        return problem(status, code, sentence)
    return upload_page(request, form, status, unavailable=code == StorageUnavailable.code)


def upload_page(
    request: HttpRequest, form: UploadForm, status: int, *, unavailable: bool = False
) -> HttpResponse:
    context = {
        "form": form,
        "examples": EXAMPLES,
        "card": active_model.card(),
        "tracks": caption_tracks(),
        "told": transcript(),
        "key": uuid4(),
        "pens": PEN_WIDTHS_PX,
        "max_bytes": settings.MAX_UPLOAD_BYTES,
        "max_megabytes": settings.MAX_UPLOAD_BYTES // 2**20,
        "takes_heic": settings.HEIC,
        "unavailable": STORAGE_UNAVAILABLE if unavailable else "",
    }
    return render(request, "recognizer/upload.html", context, status=status)
