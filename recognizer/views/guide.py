from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recognizer.presentation.guide_video import caption_tracks, transcript


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    context = {"tracks": caption_tracks(), "told": transcript()}
    return render(request, "recognizer/guide.html", context)
