"""The list of uploads, and what was read in each."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from recognizer.accounts.owners import owner_of
from recognizer.admin.columns import KeptAsItIs, ShowsText, WithThumbnails, sure, thumbnail_of
from recognizer.admin.estimates import EstimatingPaginator
from recognizer.checking.verified_text import unverify, verify
from recognizer.forms.verified_text import VerifiedTextField
from recognizer.models import Prediction, Upload
from recognizer.uploads.deletion import delete_uploads
from recognizer.views.pictures import serve_thumbnail


class PredictionInline(KeptAsItIs, ShowsText, admin.TabularInline):
    model = Prediction
    fields = (
        "state",
        "text",
        "sure",
        "with_signs",
        "could_be",
        "model_version",
        "reason",
        "created",
    )
    readonly_fields = fields
    can_delete = False
    show_change_link = True
    extra = 0


class UploadForm(ModelForm):
    """The verified text as it is written: the only thing that can be changed here."""

    verified_as_written = VerifiedTextField(
        label="Verified text",
        required=False,
        max_length=1000,
        empty_value=None,
        help_text="What a person says is right, with | between lines. Empty: not checked.",
        widget=AdminTextInputWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["verified_as_written"] = self.instance.verified_as_written


@admin.register(Upload)
class UploadAdmin(WithThumbnails, admin.ModelAdmin):
    form = UploadForm
    list_display = (
        "thumbnail",
        "original_name",
        "read_text",
        "read_state",
        "read_confidence",
        "verified_with_signs",
        "source",
        "user",
        "created",
    )
    list_display_links = ("original_name", "created")
    list_filter = (
        "current_prediction__state",
        ("current_prediction", admin.EmptyFieldListFilter),
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
        "current_prediction__written",
        "verified_text",
        "verified_written",
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
        "verified_as_written",
        ("verified_text", "verified_by", "verified"),
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
        return [name for name in names if name != "verified_as_written"]

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
        self, request: HttpRequest, upload: Upload, form: ModelForm, _change: bool
    ) -> None:
        """Store the verified text, the only field that can be changed here, by its one writer."""
        if "verified_as_written" not in form.changed_data:
            return
        written = form.cleaned_data["verified_as_written"]
        if written is None:
            unverify(upload)
        else:
            verify(upload, written, by=owner_of(request))

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
        return upload.state_label

    @admin.display(description="confidence", ordering="current_prediction__confidence")
    def read_confidence(self, upload: Upload) -> str:
        return sure(upload.current_prediction.confidence if upload.current_prediction else None)

    @admin.display(description="verified text", ordering="verified_text")
    def verified_with_signs(self, upload: Upload) -> str | None:
        return upload.verified_as_written
