from django.apps import AppConfig


class RecognizerConfig(AppConfig):
    name = "recognizer"
    verbose_name = "Handwritten digits"

    def ready(self) -> None:
        from recognizer import checks, deployment  # noqa: F401 - registers their checks
