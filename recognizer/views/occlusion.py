"""Which parts of a digit mattered, computed on request: 50 ms, less than reading it again."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mlmodel.artifact.card import ModelError
from recognizer.accounts.owners import owner_of
from recognizer.models import DigitPrediction, Upload
from recognizer.presentation.occlusion import frame_of, in_words, occlude, occlusion_png
from recognizer.views.pictures import HEADERS, RETRY
from recognizer.views.problems import problem, wants_json


@require_safe
def occlusion(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """The result in words: a page for people, or JSON for a script of the result page."""
    digit = _own_digit(request, pk, number)
    try:
        sentence, status = in_words(occlude(digit)), 200
    except ModelError:
        sentence, status = _("There is no model to ask just now. Try again in a minute."), 503
    if wants_json(request):
        if status != 200:
            return problem(status, "model_unavailable", sentence)
        return JsonResponse({"sentence": sentence})
    context = {"pk": pk, "digit": digit, "number": number, "sentence": sentence}
    return render(request, "recognizer/occlusion.html", context, status=status)


@require_safe
def occlusion_picture(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    digit = _own_digit(request, pk, number)
    try:
        drops = occlude(digit).drops
    except ModelError:
        return HttpResponse("There is no model to ask just now.", status=503, headers=RETRY)
    png = occlusion_png(frame_of(digit), drops)
    return HttpResponse(png, content_type="image/png", headers=HEADERS)


def _own_digit(request: HttpRequest, pk: UUID, number: int) -> DigitPrediction:
    """The digit with this number, counted from 1, of the current prediction."""
    own = Upload.objects.visible_to(owner_of(request)).with_current_prediction()
    prediction = get_object_or_404(own, pk=pk).current_prediction
    if prediction is None:
        raise Http404("Nothing was read yet.")
    return get_object_or_404(prediction.digits.all(), position=number - 1)
