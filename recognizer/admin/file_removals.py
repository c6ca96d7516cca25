"""The list of files that are still to be removed."""

from django.contrib import admin

from recognizer.admin.columns import KeptAsItIs
from recognizer.models import FileRemoval


@admin.register(FileRemoval)
class FileRemovalAdmin(KeptAsItIs, admin.ModelAdmin):
    """Files of deleted uploads, listed until `manage.py sweep --apply` removes them."""

    list_display = ("name", "since", "attempts", "last_error")
    search_fields = ("name",)

    def has_delete_permission(self, *_args: object) -> bool:
        return False
