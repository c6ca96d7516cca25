"""What must be so before any picture is opened; Django looks at it whenever it starts something."""

from typing import Any

import PIL
from django.core.checks import CheckMessage, Error, register
from PIL import ImageFile

# Older ones let a picture take any amount of memory by its metadata.
LEAST_PILLOW = (12, 3)


@register()
def pillow_is_safe(**_options: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    if tuple(int(part) for part in PIL.__version__.split(".")[:2]) < LEAST_PILLOW:
        least = ".".join(map(str, LEAST_PILLOW))
        errors.append(
            Error(
                f"Pillow {PIL.__version__} is older than {least}.",
                hint="Install the requirements anew.",
                id="recognizer.E001",
            )
        )
    if ImageFile.LOAD_TRUNCATED_IMAGES:
        errors.append(
            Error(
                "Pillow is set to take pictures that are cut off (LOAD_TRUNCATED_IMAGES).",
                hint="Find who sets it: half a picture must not be read as a whole one.",
                id="recognizer.E002",
            )
        )
    return errors
