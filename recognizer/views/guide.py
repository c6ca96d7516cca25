from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from recognizer.guide import captions_path, transcript


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    return render(request, "recognizer/guide.html", {"tracks": _tracks(), "told": transcript()})


def _tracks() -> list[dict[str, Any]]:
    shown = get_language()
    return [
        {
            "language": language,
            "label": name,
            "path": captions_path(language),
            "is_default": language == shown,
        }
        for language, name in settings.LANGUAGES
    ]
