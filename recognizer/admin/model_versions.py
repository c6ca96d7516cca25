"""The trained models and their cards."""

import json
from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from recognizer.admin.columns import (
    KeptAsItIs,
    WithThumbnails,
)
from recognizer.models import ModelVersion


def percent_of_card(card: dict[str, Any]) -> str:
    accuracy = card.get("test_accuracy")
    return f"{accuracy:.2%}" if isinstance(accuracy, float) else ""


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
