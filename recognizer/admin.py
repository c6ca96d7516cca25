"""Everything that is kept, for administrators."""

import json
from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from recognizer.estimates import EstimatingPaginator
from recognizer.models import DigitPrediction, FileRemoval, ModelVersion, Prediction, Upload
from recognizer.presentation.small_pictures import frame_data_uri
from recognizer.presentation.wording import one_line, percent
from recognizer.uploads.deletion import delete_uploads
from recognizer.views.pictures import serve_thumbnail


class KeptAsItIs:
    """What the program wrote is evidence: administrators look at it, and change nothing."""

    def has_add_permission(self, *_args: object) -> bool:
        return False

    def has_change_permission(self, *_args: object) -> bool:
        return False


class SurvivesOddLookups:
    """An address that somebody changed by hand asks for no error page."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        try:
            return super().changelist_view(request, extra_context)  # type: ignore[misc]
        except (ValueError, OverflowError):
            # Django looks at what a lookup is of only when the database is asked.
            return redirect(f"{request.path}?{ERROR_FLAG}=1")


class WithThumbnails(SurvivesOddLookups):
    class Media:
        css: ClassVar = {"all": ["css/admin.css"]}


def sure(confidence: float | None) -> str:
    return "" if confidence is None else percent(confidence)


def with_percent(shares: Iterable[tuple[object, float]]) -> str:
    return ", ".join(f"{what} ({percent(share)})" for what, share in shares)


class ShowsConfidence:
    @admin.display(description="confidence", ordering="confidence")
    def sure(self, read: Prediction | DigitPrediction) -> str:
        return sure(read.confidence)


class ShowsText(ShowsConfidence):
    @admin.display(description="possibilities")
    def could_be(self, prediction: Prediction) -> str:
        """The likeliest texts: 42 17 (93 %), nothing to read (5 %)."""
        return with_percent((one_line(text), share) for text, share in prediction.possibilities)


class ShowsDigit(ShowsConfidence):
    @admin.display(description="28x28")
    def frame_seen(self, digit: DigitPrediction) -> SafeString:
        return format_html(
            '<img src="{}" alt="The 28x28 that the model saw" class="kept-frame" '
            'width="56" height="56">',
            frame_data_uri(digit.frame),
        )

    @admin.display(description="or else")
    def others(self, digit: DigitPrediction) -> str:
        """What else a digit could be: 7 (12 %), 1 (under 1 %)."""
        return with_percent(digit.alternatives)


def percent_of_card(card: dict[str, Any]) -> str:
    accuracy = card.get("test_accuracy")
    return f"{accuracy:.2%}" if isinstance(accuracy, float) else ""


def thumbnail_of(upload: Upload) -> SafeString:
    return format_html(
        '<a href="{}"><img src="{}" alt="The picture" class="kept-picture" loading="lazy"></a>',
        reverse("admin:recognizer_upload_change", args=[upload.pk]),
        reverse("admin:recognizer_upload_thumbnail", args=[upload.pk]),
    )


class DigitInline(KeptAsItIs, ShowsDigit, admin.TabularInline):
    model = DigitPrediction
    fields = ("frame_seen", "value", "sure", "line", "box", "others")
    readonly_fields = fields
    can_delete = False
    extra = 0


class PredictionInline(KeptAsItIs, ShowsText, admin.TabularInline):
    model = Prediction
    fields = ("state", "text", "sure", "could_be", "model_version", "reason", "created")
    readonly_fields = fields
    can_delete = False
    show_change_link = True
    extra = 0


@admin.register(Upload)
class UploadAdmin(WithThumbnails, admin.ModelAdmin):
    list_display = (
        "thumbnail",
        "original_name",
        "read_text",
        "read_state",
        "read_confidence",
        "verified_text",
        "source",
        "user",
        "created",
    )
    list_display_links = ("original_name", "created")
    list_filter = (
        "current_prediction__state",
        "source",
        "created",
        ("verified", admin.EmptyFieldListFilter),
        "current_prediction__model_version",
    )
    search_fields = (
        "=id",
        "original_name",
        "=sha256",
        "current_prediction__text",
        "verified_text",
        "user__username",
    )
    search_help_text = "Name, what was read, verified text, user, id or SHA-256."
    date_hierarchy = "created"
    list_select_related = ("user", "current_prediction")
    show_full_result_count = False
    paginator = EstimatingPaginator
    view_on_site = False  # its page is for its owner alone
    inlines = (PredictionInline,)
    fields = (
        "thumbnail",
        "verified_text",
        ("verified_by", "verified"),
        ("user", "visitor"),
        ("source", "original_name"),
        ("width", "height", "byte_size"),
        "sha256",
        "file_sha256",
        ("created", "stored", "given_up"),
    )

    def get_readonly_fields(
        self, _request: HttpRequest, _upload: Upload | None = None
    ) -> list[str]:
        names = [name for row in self.fields for name in ([row] if isinstance(row, str) else row)]
        return [name for name in names if name != "verified_text"]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        thumbnail = path(
            "<uuid:pk>/thumbnail",
            self.admin_site.admin_view(self.thumbnail_view),
            name="recognizer_upload_thumbnail",
        )
        return [thumbnail, *super().get_urls()]

    def thumbnail_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return serve_thumbnail(get_object_or_404(Upload, pk=pk))

    def save_model(
        self, request: HttpRequest, upload: Upload, form: ModelForm, change: bool
    ) -> None:
        if "verified_text" in form.changed_data:
            given = upload.verified_text is not None
            upload.verified = timezone.now() if given else None
            upload.verified_by = request.user if given and isinstance(request.user, User) else None
        super().save_model(request, upload, form, change)

    def delete_model(self, _request: HttpRequest, upload: Upload) -> None:
        delete_uploads([upload])

    def delete_queryset(self, _request: HttpRequest, queryset: QuerySet[Upload]) -> None:
        delete_uploads(queryset)

    @admin.display(description="picture")
    def thumbnail(self, upload: Upload) -> SafeString:
        return thumbnail_of(upload)

    @admin.display(description="read", ordering="current_prediction__text")
    def read_text(self, upload: Upload) -> str:
        return upload.current_prediction.text if upload.current_prediction else ""

    @admin.display(description="state", ordering="current_prediction__state")
    def read_state(self, upload: Upload) -> str:
        prediction = upload.current_prediction
        return str(prediction.get_state_display()) if prediction else ""

    @admin.display(description="confidence", ordering="current_prediction__confidence")
    def read_confidence(self, upload: Upload) -> str:
        return sure(upload.current_prediction.confidence if upload.current_prediction else None)


@admin.register(Prediction)
class PredictionAdmin(KeptAsItIs, ShowsText, WithThumbnails, admin.ModelAdmin):
    list_display = (
        "thumbnail",
        "text",
        "state",
        "sure",
        "model_version",
        "time_taken",
        "created",
    )
    list_display_links = ("text", "created")
    list_filter = ("state", "reason", "model_version", "created")
    search_fields = ("=upload__id", "upload__original_name", "text")
    search_help_text = "What was read, or the upload's name or id."
    date_hierarchy = "created"
    list_select_related = ("upload", "model_version")
    show_full_result_count = False
    paginator = EstimatingPaginator
    exclude = ("possibilities",)
    readonly_fields = ("could_be",)
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


@admin.register(ModelVersion)
class ModelVersionAdmin(KeptAsItIs, WithThumbnails, admin.ModelAdmin):
    list_display = ("name", "active", "test_accuracy", "created", "short_sha256")
    list_filter = ("active", "created")
    search_fields = ("name", "=artifact_sha256")
    search_help_text = "Name or SHA-256."
    fields = ("name", "active", "artifact_sha256", "created", "whole_card")
    readonly_fields = fields

    def has_delete_permission(self, *_args: object) -> bool:
        return False

    @admin.display(description="MNIST test")
    def test_accuracy(self, version: ModelVersion) -> str:
        return percent_of_card(version.card)

    @admin.display(description="card")
    def whole_card(self, version: ModelVersion) -> SafeString:
        lines = [f"{name}: {json.dumps(value)}" for name, value in version.card.items()]
        return format_html('<pre class="kept-card">{}</pre>', "\n".join(lines))

    @admin.display(description="SHA-256")
    def short_sha256(self, version: ModelVersion) -> str:
        return version.artifact_sha256[:12]


@admin.register(FileRemoval)
class FileRemovalAdmin(KeptAsItIs, admin.ModelAdmin):
    """Files of deleted uploads that are still to be removed: `manage.py sweep --apply` does it."""

    list_display = ("name", "since", "attempts", "last_error")
    search_fields = ("name",)

    def has_delete_permission(self, *_args: object) -> bool:
        return False
