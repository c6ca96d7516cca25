from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recognizer.intake import cleaning
from recognizer.model_versions import active_model


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    context = {
        "card": active_model.card(),
        "max_megabytes": settings.MAX_UPLOAD_BYTES // 2**20,
        "takes_heic": settings.HEIC,
        "max_megapixels": cleaning.MAX_MEGAPIXELS,
        "max_jpeg_megapixels": cleaning.MAX_JPEG_MEGAPIXELS,
        "max_progressive_megapixels": cleaning.MAX_PROGRESSIVE_MEGAPIXELS,
        "min_side_px": cleaning.MIN_SIDE_PX,
        "max_side_px": cleaning.MAX_SIDE_PX,
    }
    return render(request, "recognizer/about.html", context)
