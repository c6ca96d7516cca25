"""How the history can be filtered and sorted."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.core.validators import RegexValidator
from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from mlmodel.second.alphabet import SIGNS
from recognizer.history.keyset import LEAST_SURE, NEWEST, OLDEST, SUREST, Order
from recognizer.models import (
    ModelVersion,
    Prediction,
    Upload,
    UploadQuerySet,
    without_signs,
)
from recognizer.typed_digits import TypedDayField, TypedNumberField, WrittenField

DIGITS_AND_SIGNS = RegexValidator(
    rf"^[0-9{re.escape(SIGNS)}]*\Z",
    _("Type digits, with their signs if you like, for example 4711 or 12.50."),
)
ORDERS = {"newest": NEWEST, "oldest": OLDEST, "doubtful": LEAST_SURE, "sure": SUREST}
SORTS = (
    ("newest", _("Newest first")),
    ("oldest", _("Oldest first")),
    ("doubtful", _("Least sure first")),
    ("sure", _("Surest first")),
)
NUMBER = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}
CHECKS = (
    ("no", _("Not checked")),
    ("yes", _("Checked")),
    ("right", _("Checked: was right")),
    ("wrong", _("Checked: was wrong")),
)


class WrittenFilter(django_filters.CharFilter):
    field_class = WrittenField


class DayFilter(django_filters.DateFilter):
    field_class = TypedDayField


class TypedNumberFilter(django_filters.NumberFilter):
    field_class = TypedNumberField


class TextFilter(WrittenFilter):
    """Digits, with their signs, that stand somewhere in a text."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Digits in the text"),
            method="filter_text",
            max_length=100,
            validators=[DIGITS_AND_SIGNS],
            widget=forms.TextInput(attrs=NUMBER),
        )


class CheckedFilter(django_filters.ChoiceFilter):
    """Whether a person checked the picture, and with which outcome."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Checked by a person"),
            method="filter_checked",
            choices=CHECKS,
            empty_label=_("Any"),
        )


class MostSureFilter(TypedNumberFilter):
    """The highest confidence in per cent."""

    def __init__(self) -> None:
        super().__init__(
            label=_("At most so sure, in %"),
            method="filter_most_sure",
            min_value=0,
            max_value=100,
            # A browser's own field for numbers takes no digits but those of the browser's language.
            widget=forms.TextInput(attrs=NUMBER),
        )


class NarrowingFilter(django_filters.FilterSet):
    """Filters of a list that an address narrows and sorts."""

    ORDERS: Mapping[str, Order]

    @property
    def is_narrowed(self) -> bool:
        return any(self._given(name) for name in self.filters if name != "sort")

    @property
    def order(self) -> Order:
        first = next(iter(self.ORDERS.values()))
        return self.ORDERS.get(self._given("sort"), first)

    @property
    def query(self) -> str:
        """The query of an address that filters and sorts in the same way."""
        return self._kept().urlencode()

    def _kept(self) -> QueryDict:
        kept = QueryDict(mutable=True)
        for name in self.filters:
            if value := self._given(name):
                kept[name] = value
        return kept

    def _given(self, name: str) -> str:
        return str((self.data or {}).get(name, ""))

    def leave(self, rows: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        return rows


class HistoryFilter(NarrowingFilter):
    ORDERS = ORDERS

    text = TextFilter()
    state = django_filters.ChoiceFilter(
        label=_("Result"),
        method="filter_state",
        choices=[*Prediction.State.choices, Upload.UNREAD],
        empty_label=_("Any"),
    )
    checked = CheckedFilter()
    sort = django_filters.ChoiceFilter(
        label=_("Sort"), method="leave", choices=SORTS, empty_label=None, initial="newest"
    )
    first_day = DayFilter(
        label=_("From"),
        method="filter_first_day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_day = DayFilter(
        label=_("To"),
        method="filter_last_day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    most_sure = MostSureFilter()
    source = django_filters.ChoiceFilter(
        label=_("Came as"), choices=Upload.Source, empty_label=_("Anything")
    )
    model = django_filters.ModelChoiceFilter(
        label=_("Read by"),
        field_name="current_prediction__model_version",
        queryset=ModelVersion.objects.all(),
        empty_label=_("Any model"),
    )

    # Filters that few people need; the page hides them behind "More".
    MORE = ("first_day", "last_day", "most_sure", "source", "model")

    class Meta:
        model = Upload
        fields: tuple[str, ...] = ()

    def __init__(self, data: QueryDict, queryset: UploadQuerySet, zone: ZoneInfo) -> None:
        """Filter by what an address asks for; days are those of the zone."""
        super().__init__(data, queryset)
        self.zone = zone

    @property
    def more_is_used(self) -> bool:
        return any(self._given(name) for name in self.MORE)

    @property
    def is_by_day(self) -> bool:
        return any(self._given(name) for name in ("first_day", "last_day"))

    def _kept(self) -> QueryDict:
        kept = super()._kept()
        if self.is_by_day:
            kept["zone"] = self.zone.key
        return kept

    def filter_text(self, uploads: UploadQuerySet, _name: str, text: str) -> UploadQuerySet:
        if without_signs(text) == text:
            read = Q(current_prediction__text__contains=text)
            return uploads.filter(read | Q(verified_text__contains=text))
        read = Q(current_prediction__written__contains=text)
        return uploads.filter(read | Q(verified_written__contains=text))

    def filter_first_day(self, uploads: UploadQuerySet, _name: str, day: date) -> UploadQuerySet:
        return uploads.filter(created__gte=datetime.combine(day, time.min, self.zone))

    def filter_last_day(self, uploads: UploadQuerySet, _name: str, day: date) -> UploadQuerySet:
        # The later one, where the clocks go back and the day's last hour comes twice.
        end = datetime.combine(day, time.max, self.zone).replace(fold=1)
        return uploads.filter(created__lte=end)

    def filter_state(self, uploads: UploadQuerySet, _name: str, state: str) -> UploadQuerySet:
        if state == Upload.UNREAD[0]:
            return uploads.unread()
        is_given_up = Q(given_up__isnull=False) if state == Upload.GIVEN_UP[0] else Q(pk__in=[])
        return uploads.filter(Q(current_prediction__state=state) | is_given_up)

    def filter_most_sure(self, uploads: UploadQuerySet, _name: str, most: float) -> UploadQuerySet:
        return uploads.filter(current_prediction__confidence__lte=float(most) / 100)

    def filter_checked(self, uploads: UploadQuerySet, _name: str, checked: str) -> UploadQuerySet:
        was_right = Q(verified_text=F("current_prediction__text"))
        return uploads.filter(
            {
                "no": Q(verified_text__isnull=True),
                "yes": Q(verified_text__isnull=False),
                "right": was_right,
                "wrong": Q(verified_text__isnull=False) & ~was_right,
            }[checked]
        )
