"""Columns and permissions that several lists of the administration share."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from recognizer.models import DigitPrediction, Prediction, Upload
from recognizer.presentation.small_pictures import frame_data_uri
from recognizer.presentation.wording import one_line, percent
from recognizer.typed_digits import plain_digits


class KeptAsItIs:
    """Makes a list read-only: what the program wrote is evidence, which nobody changes."""

    def has_add_permission(self, *_args: object) -> bool:
        return False

    def has_change_permission(self, *_args: object) -> bool:
        return False


class SurvivesOddLookups:
    """Shows the whole list, not an error, for an address that somebody changed by hand."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        try:
            return super().changelist_view(request, extra_context)  # type: ignore[misc]
        except (ValueError, OverflowError):
            # Django checks the value of a lookup only when the database is queried.
            return redirect(f"{request.path}?{ERROR_FLAG}=1")


class FindsTypedDigits:
    """Finds digits in whatever script they are typed; names of files are found as typed, too."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], words: str
    ) -> tuple[QuerySet[Any], bool]:
        search = super().get_search_results  # type: ignore[misc]
        found, may_repeat = search(request, queryset, words)
        digits = plain_digits(words)
        if digits != words:
            found |= search(request, queryset, digits)[0]
        return found, may_repeat


class WithThumbnails(SurvivesOddLookups, FindsTypedDigits):
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
    @admin.display(description="as written", ordering="written")
    def with_signs(self, prediction: Prediction) -> str:
        """What is written, and how sure its signs are: 12.50 (93 %)."""
        share, text = prediction.written_confidence, prediction.as_written
        return text if share is None else with_percent([(text, share)])

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
        """The other values that a digit could have: 7 (12 %), 1 (under 1 %)."""
        return with_percent(digit.alternatives)


def thumbnail_of(upload: Upload) -> SafeString:
    return format_html(
        '<a href="{}"><img src="{}" alt="The picture" class="kept-picture" loading="lazy"></a>',
        reverse("admin:recognizer_upload_change", args=[upload.pk]),
        reverse("admin:recognizer_upload_thumbnail", args=[upload.pk]),
    )
