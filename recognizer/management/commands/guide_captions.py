from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from recognizer.presentation.guide_video import write_captions


class Command(BaseCommand):
    help = "Write the captions of the guide video anew, after a translation of them changed."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for path in write_captions(settings.BASE_DIR / "static"):
            self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
