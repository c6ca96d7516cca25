from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class RecognizerConfig(AppConfig):
    name = "recognizer"
    verbose_name = "Handwritten digits"
    default = True

    def ready(self) -> None:
        from recognizer import checks  # noqa: F401 - registers them


class AdministrationConfig(admin_apps.AdminConfig):
    default = False
    default_site = "recognizer.admin.site.Administration"

    def ready(self) -> None:
        # Imported before Django searches for lists. It would create the site first, and importing
        # the site imports the lists beside it, which would register with a site that is dropped.
        import recognizer.admin  # noqa: F401

        super().ready()
