"""What the history can be narrowed down to."""

import django_filters
from django import forms
from django.core.validators import RegexValidator

from recognizer.models import Prediction, Upload, UploadQuerySet

DIGITS_AND_SPACES = RegexValidator(r"^[0-9\s]*$", "Type digits only, for example 4711.")


class HistoryFilter(django_filters.FilterSet):
    text = django_filters.CharFilter(
        label="Digits in the text",
        method="filter_text",
        max_length=100,
        validators=[DIGITS_AND_SPACES],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    state = django_filters.ChoiceFilter(
        label="Result",
        field_name="current_prediction__state",
        choices=Prediction.State,
        empty_label="Any",
    )
    first_day = django_filters.DateFilter(
        label="From",
        field_name="created",
        lookup_expr="date__gte",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_day = django_filters.DateFilter(
        label="To",
        field_name="created",
        lookup_expr="date__lte",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    class Meta:
        model = Upload
        fields: tuple[str, ...] = ()

    def filter_text(self, uploads: UploadQuerySet, _name: str, text: str) -> UploadQuerySet:
        return uploads.filter(current_prediction__text__contains="".join(text.split()))
