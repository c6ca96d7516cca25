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
from recognizer.models import Owner, Prediction, Upload
from recognizer.monitoring import events
from recognizer.presentation.examples import EXAMPLES
from recognizer.presentation.guide_video import caption_tracks, transcript
from recognizer.presentation.wording import one_line, percent
from recognizer.refusals import EmptyFile, MissingFile, Refusal
from recognizer.uploads.recognition import KeyReused, StorageUnavailable, recognize
from recognizer.views.problems import problem, wants_json

# A full disk or a bucket that is away: worth another try in half a minute.
RETRY_AFTER_S = 30
STORAGE_UNAVAILABLE = _(
    "The picture could not be stored just now, so nothing of it was kept. "
    "Please try again in a minute."
)
# What Django's own field calls it, and what we do.
DJANGO_CODES = {"empty": EmptyFile.code, "missing": MissingFile.code, "invalid": MissingFile.code}
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
        return invalid(request, form)
    key: UUID | None = form.cleaned_data["key"]
    owner = uploading_owner(request, key)
    try:
        count_uploads(owner, client_of(request))
        given = _recognize_once(form, owner, key)
    except Refusal as refusal:
        return refused(request, refusal)
    except StorageUnavailable:
        return unavailable(request)
    events.upload_taken(request, given)
    return given_to_script(given) if wants_json(request) else redirect(given)


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
        crop=None if drawing else form.cleaned_data["crop"],
    )


def given_to_script(upload: Upload) -> HttpResponse:
    prediction = upload.current_prediction
    confidence = prediction.confidence if prediction else None
    content = {
        "url": upload.get_absolute_url(),
        "text": one_line(prediction.text) if prediction and prediction.text else "",
        "state": prediction.state if prediction else Prediction.State.FAILED,
        "state_name": prediction.get_state_display() if prediction else "",
        "confidence": "" if confidence is None else percent(confidence),
    }
    return JsonResponse(content, status=201, headers={"Location": upload.get_absolute_url()})


def invalid(request: HttpRequest, form: UploadForm) -> HttpResponse:
    """The upload page again, with what is wrong beside the fields."""
    first = next(iter(form.errors.as_data().values()))[0]
    code = DJANGO_CODES.get(str(first.code), str(first.code))
    events.upload_refused(request, code)
    if wants_json(request):
        return problem(400, code, " ".join(first.messages))
    return upload_page(request, form, 400)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The upload page again, with the reason beside the field."""
    events.upload_refused(request, refusal.code)
    response = (
        problem(refusal.status, refusal.code, str(refusal))
        if wants_json(request)
        else upload_page(request, UploadForm.refused(refusal), refusal.status)
    )
    if refusal.retry_after_s is not None:
        response["Retry-After"] = str(refusal.retry_after_s)
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    events.upload_refused(request, StorageUnavailable.code)
    response = (
        problem(503, StorageUnavailable.code, str(STORAGE_UNAVAILABLE))
        if wants_json(request)
        else upload_page(request, UploadForm(), 503, unavailable=True)
    )
    response["Retry-After"] = str(RETRY_AFTER_S)
    return response


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
        "unavailable": STORAGE_UNAVAILABLE if unavailable else "",
    }
    return render(request, "recognizer/upload.html", context, status=status)
