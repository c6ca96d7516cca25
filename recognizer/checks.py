"""Django's checks before a start: of the picture decoder, and of the deployment."""

from importlib.util import find_spec
from typing import Any

import PIL
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from PIL import ImageFile

# In older versions, a picture's metadata can take any amount of memory.
LEAST_PILLOW = (12, 3)


@register()
def pillow_is_safe(**_options: Any) -> list[CheckMessage]:
    if tuple(int(part) for part in PIL.__version__.split(".")[:2]) >= LEAST_PILLOW:
        return []
    return [
        Error(
            f"Pillow {PIL.__version__} is older than {'.'.join(map(str, LEAST_PILLOW))}.",
            hint="Install the requirements anew.",
            id="recognizer.E001",
        )
    ]


@register()
def pictures_are_read_whole(**_options: Any) -> list[CheckMessage]:
    if not ImageFile.LOAD_TRUNCATED_IMAGES:
        return []
    return [
        Error(
            "Pillow is set to take pictures that are cut off (LOAD_TRUNCATED_IMAGES).",
            hint="Find who sets it: half a picture must not be read as a whole one.",
            id="recognizer.E002",
        )
    ]


@register()
def heic_can_be_decoded(**_options: Any) -> list[CheckMessage]:
    if not settings.HEIC or find_spec("pillow_heif"):
        return []
    return [
        Error(
            "HEIC=1 is set, and pillow-heif is not installed.",
            hint="Start with `make run REQUIREMENTS=requirements-heic.txt`, or set HEIC to 0.",
            id="recognizer.E003",
        )
    ]


@register(checks.Tags.security, deploy=True)
def proxy_is_named(**_options: object) -> list[CheckMessage]:
    """Run by `manage.py check --deploy` alone: what is right on one machine is wrong on another."""
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        checks.Warning(
            "HTTPS=1 says that a proxy stands in front, and TRUSTED_PROXIES names none: all "
            "visitors would count as one, who may upload only so often.",
            hint="Set TRUSTED_PROXIES to the proxy's address, such as 127.0.0.1.",
            id="recognizer.W002",
        )
    ]
