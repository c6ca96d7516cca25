"""The lists of batches, of the files they were made from, and of field rules."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from recognizer.admin.columns import FindsTypedDigits, KeptAsItIs, SurvivesOddLookups
from recognizer.admin.estimates import EstimatingPaginator
from recognizer.batches.changing import delete_batch
from recognizer.models import Batch, BatchItem, BatchSource, SavedRule


class LongList(KeptAsItIs, SurvivesOddLookups, FindsTypedDigits, admin.ModelAdmin):
    """A list that only shows, however long it is."""

    show_full_result_count = False
    paginator = EstimatingPaginator
    view_on_site = False  # its page is for its owner alone


@admin.register(Batch)
class BatchAdmin(LongList):
    list_display = ("name", "user", "rule", "created", "closed", "finished", "cancelled")
    list_filter = (
        ("finished", admin.EmptyFieldListFilter),
        ("cancelled", admin.EmptyFieldListFilter),
        "created",
    )
    search_fields = ("=id", "name", "user__username")
    search_help_text = "Name, user or id."
    list_select_related = ("user", "rule")
    readonly_fields = ("pictures",)

    @admin.display(description="pictures")
    def pictures(self, batch: Batch) -> str:
        """How many there are in each state: Read: 480, Doubtful: 20."""
        labels = dict(BatchItem.State.choices)
        counts = batch.counts().items()
        return ", ".join(f"{labels[state]}: {count}" for state, count in counts if count) or "none"

    def get_deleted_objects(self, objs: Iterable[Batch], _request: HttpRequest) -> Any:
        """What goes with batches, in numbers: Django would list 100,000 pictures one by one."""
        batches = list(objs)
        counted = Batch.objects.filter(pk__in=[batch.pk for batch in batches])
        pictures = counted.aggregate(pictures=Count("items"))["pictures"]
        names = [f"{batch} ({batch.user})" for batch in batches]
        return names, {"batches": len(batches), "pictures": pictures}, set(), []

    def delete_model(self, _request: HttpRequest, batch: Batch) -> None:
        delete_batch(batch)

    def delete_queryset(self, _request: HttpRequest, queryset: QuerySet[Batch]) -> None:
        for batch in queryset:
            delete_batch(batch)


@admin.register(BatchSource)
class BatchSourceAdmin(LongList):
    """The files that batches were made from; they go with their batch."""

    list_display = ("name", "batch", "number", "byte_size", "stored", "opened", "tries", "code")
    list_filter = (("opened", admin.EmptyFieldListFilter), ("code", admin.EmptyFieldListFilter))
    search_fields = ("=id", "=batch__id", "=sha256", "name")
    search_help_text = "Name, SHA-256, id, or the batch's id."
    list_select_related = ("batch",)

    def has_delete_permission(self, *_args: object) -> bool:
        return False


@admin.register(SavedRule)
class SavedRuleAdmin(LongList):
    """Field rules, those of one batch alone as well; they go with their user."""

    list_display = ("name", "user", "created", "retired")
    list_filter = (("retired", admin.EmptyFieldListFilter), ("name", admin.EmptyFieldListFilter))
    search_fields = ("name", "user__username")
    search_help_text = "Name or user."
    list_select_related = ("user",)

    def has_delete_permission(self, *_args: object) -> bool:
        return False
