"""Makes digitrec installable on a home screen, with a page of its own for an absent server."""

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# --paper of static/css/base.css in the light theme.
PAPER = "#f6f5f1"
ICONS = (
    {"src": "images/digitrec.svg", "type": "image/svg+xml", "sizes": "any"},
    {"src": "images/icon-192.png", "type": "image/png", "sizes": "192x192"},
    {"src": "images/icon-512.png", "type": "image/png", "sizes": "512x512"},
    {
        "src": "images/icon-maskable-512.png",
        "type": "image/png",
        "sizes": "512x512",
        "purpose": "maskable",
    },
)
# All files that the offline page needs. Browsers store no others, so nothing personal.
OFFLINE_FILES = (
    "vendor/bootstrap-5.3.9/bootstrap.min.css",
    "css/base.css",
    "js/pages/any.js",
    "js/every-page.js",
    "js/menu.js",
    "js/offline.js",
    "js/stored-theme.js",
    "js/theme.js",
    "images/digitrec.svg",
    "images/icons.svg",
)


@never_cache
@require_safe
def manifest(_request: HttpRequest) -> JsonResponse:
    start = reverse("recognizer:upload")
    content = {
        "id": start,
        "name": "digitrec",
        "short_name": "digitrec",
        "description": _("Reads handwritten digits in your pictures, and says how sure it is."),
        "lang": get_language(),
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [icon | {"src": static(icon["src"])} for icon in ICONS],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@never_cache
@require_safe
def service_worker(_request: HttpRequest) -> HttpResponse:
    """The service worker, at the root because it controls only pages below its own path."""
    context = {
        # Whatever else has the same host shares its caches with us.
        "cache": f"offline {settings.SITE_PATH}".strip(),
        "files": [static(name) for name in OFFLINE_FILES],
        # A changed page changes the script, so that the browser fetches both again.
        "page_version": hashlib.sha256(_offline_page().encode()).hexdigest()[:16],
    }
    script = render_to_string("service-worker.js", context)
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@never_cache
@require_safe
def offline(_request: HttpRequest) -> HttpResponse:
    """The page that browsers store and show while the server is away; nothing in it is personal."""
    return HttpResponse(_offline_page())


def _offline_page() -> str:
    return render_to_string("offline.html")
