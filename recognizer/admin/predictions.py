"""The lists of predictions and of their digits."""

from django.contrib import admin
from django.utils import timezone
from django.utils.safestring import SafeString

from recognizer.admin.columns import KeptAsItIs, ShowsDigit, ShowsText, WithThumbnails, thumbnail_of
from recognizer.admin.estimates import EstimatingPaginator
from recognizer.models import DigitPrediction, Prediction


class DigitInline(KeptAsItIs, ShowsDigit, admin.TabularInline):
    model = DigitPrediction
    fields = ("frame_seen", "value", "sure", "line", "box", "others")
    readonly_fields = fields
    can_delete = False
    extra = 0


@admin.register(Prediction)
class PredictionAdmin(KeptAsItIs, ShowsText, WithThumbnails, admin.ModelAdmin):
    list_display = (
        "thumbnail",
        "text",
        "with_signs",
        "state",
        "sure",
        "model_version",
        "time_taken",
        "created",
    )
    list_display_links = ("text", "created")
    list_filter = ("state", "reason", "model_version", "created")
    search_fields = ("=upload__id", "upload__original_name", "text", "written")
    search_help_text = "What was read, or the upload's name or id."
    date_hierarchy = "created"
    list_select_related = ("upload", "model_version")
    show_full_result_count = False
    paginator = EstimatingPaginator
    exclude = ("written", "written_confidence", "possibilities", "passed_over")
    readonly_fields = ("with_signs", "could_be")
    inlines = (DigitInline,)

    @admin.display(description="picture")
    def thumbnail(self, prediction: Prediction) -> SafeString:
        return thumbnail_of(prediction.upload)

    @admin.display(description="time taken", ordering="milliseconds")
    def time_taken(self, prediction: Prediction) -> str:
        return f"{prediction.milliseconds:.0f} ms"


@admin.register(DigitPrediction)
class DigitPredictionAdmin(KeptAsItIs, ShowsDigit, WithThumbnails, admin.ModelAdmin):
    list_display = ("frame_seen", "value", "sure", "others", "upload", "created")
    list_display_links = ("value",)
    list_filter = ("value", "prediction__state", "prediction__created")
    search_fields = ("=value", "=prediction__upload__id", "prediction__text")
    search_help_text = "A value, what was read, or the upload's id."
    list_select_related = ("prediction__upload",)
    show_full_result_count = False
    paginator = EstimatingPaginator
    exclude = ("frame",)
    readonly_fields = ("frame_seen",)

    @admin.display(description="upload")
    def upload(self, digit: DigitPrediction) -> SafeString:
        return thumbnail_of(digit.prediction.upload)

    @admin.display(description="created", ordering="prediction__created")
    def created(self, digit: DigitPrediction) -> str:
        return f"{timezone.localtime(digit.prediction.created):%Y-%m-%d %H:%M}"
