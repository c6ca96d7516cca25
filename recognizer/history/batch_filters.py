"""How the pictures of a batch can be filtered and sorted."""

import django_filters
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from recognizer.history.filters import (
    CheckedFilter,
    MostSureFilter,
    NarrowingFilter,
    TextFilter,
)
from recognizer.history.keyset import Order
from recognizer.models import BatchItem

# Sorted by position alone, no index but that of a batch's positions is needed.
AS_GIVEN = Order(("position",), is_descending=False)
LEAST_SURE = Order(("confidence", "position"), is_descending=False)
SUREST = Order(("confidence", "position"), is_descending=True)
SORTS = (
    ("given", _("As they were given")),
    ("doubtful", _("Least sure first")),
    ("sure", _("Surest first")),
)
_READ = "upload__current_prediction__"
_VALUE, _VALUE_TEXT = f"{_READ}value", f"{_READ}value_text"
_TEXT, _WRITTEN = f"{_READ}text", f"{_READ}written"
_VERIFIED = "upload__verified_text"


class BatchFilter(NarrowingFilter):
    ORDERS = {"given": AS_GIVEN, "doubtful": LEAST_SURE, "sure": SUREST}  # noqa: RUF012

    text = TextFilter()
    state = django_filters.ChoiceFilter(
        label=_("Result"), choices=BatchItem.State, empty_label=_("Any")
    )
    checked = CheckedFilter()
    most_sure = MostSureFilter()
    sort = django_filters.ChoiceFilter(
        label=_("Sort"), method="leave", choices=SORTS, empty_label=None, initial="given"
    )

    class Meta:
        model = BatchItem
        fields: tuple[str, ...] = ()

    def filter_text(self, items: QuerySet[BatchItem], _name: str, text: str) -> QuerySet[BatchItem]:
        found = Q(pk__in=[])
        for column in (_VALUE, _VALUE_TEXT, _TEXT, _WRITTEN, _VERIFIED, "upload__verified_written"):
            found |= Q(**{f"{column}__contains": text})
        return items.filter(found)

    def filter_most_sure(
        self, items: QuerySet[BatchItem], _name: str, most: float
    ) -> QuerySet[BatchItem]:
        return items.filter(confidence__lte=float(most) / 100)

    def filter_checked(
        self, items: QuerySet[BatchItem], _name: str, checked: str
    ) -> QuerySet[BatchItem]:
        was_right = Q(**{_VALUE: "", _VERIFIED: F(_TEXT)})
        was_right |= ~Q(**{_VALUE: ""}) & Q(**{_VERIFIED: F(_VALUE_TEXT)})
        is_checked = Q(**{f"{_VERIFIED}__isnull": False})
        return items.filter(
            {
                # What was refused has nothing to check.
                "no": Q(upload__isnull=False) & ~is_checked,
                "yes": is_checked,
                "right": is_checked & was_right,
                "wrong": is_checked & ~was_right,
            }[checked]
        )
