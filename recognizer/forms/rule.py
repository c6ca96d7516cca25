"""The form for a field rule."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from mlmodel.rules.field_rule import MOST_DIGITS, MOST_VALUES, FieldRule, Kind, RuleWrong
from recognizer.models import SavedRule
from recognizer.presentation.rules_in_words import CHECKS, ORDERS
from recognizer.typed_digits import TypedDayField, TypedNumberField, plain_digits

KINDS = (
    (Kind.DIGITS.value, _("Digits only: account, meter or form numbers, codes")),
    (Kind.NUMBER.value, _("A number: amounts, quantities, measures")),
    (Kind.DATE.value, _("A date")),
)
DECIMAL_SIGNS = ((",", _("comma: 12,50")), (".", _("point: 12.50")))
THOUSANDS_SIGNS = (
    ("", _("none")),
    (".", _("point: 1.250")),
    (",", _("comma: 1,250")),
    ("'", _("apostrophe: 1'250")),
)
YEARS = ((4, _("four digits: 1998")), (2, _("two digits: 98")))
# What is wrong with a part of a rule, in the field where it was typed.
_WRONG = {
    "length": _("The least number must not be above the largest; both are from 1 to 64."),
    "range": _("The least value must not be above the largest one."),
    "values": _("Each value is 1 to 64 digits, and a list has 1 to 100,000 of them."),
    "pattern": _("This is no pattern of digits: try one like 20[0-9]{2} or (11|12).*"),
    "country": _("Two letters, as in DE, and an exact number of digits above."),
    "number": _("The least number of decimals must not be above the largest one."),
    "number.thousands_sign": _("The sign of thousands must not be the decimal sign."),
    "date": _("The first day must not be after the last one, and 300 years are the most."),
}
_FIELD_OF = {
    "length": "least_digits",
    "range": "least_value",
    "range.least": "least_value",
    "range.most": "most_value",
    "number": "least_decimals",
    "number.decimal_sign": "decimal_sign",
    "number.thousands_sign": "thousands_sign",
    "date": "first_day",
    "date.pivot": "first_day",
    "check": "check_digit",
}
# 100,000 values of 64 digits, a line each.
MOST_LIST_BYTES = 8 << 20
# A longer list is not written out in the page.
MOST_SHOWN = 1_000


class NumbersField(TypedNumberField):
    """A small whole number."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}
        )
        super().__init__(required=False, decimal_places=0, widget=widget, **options)

    def clean(self, value: Any) -> int | None:
        number = super().clean(value)
        return None if number is None else int(number)


class ValueField(forms.CharField):
    """A decimal number, as it is typed."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}
        )
        super().__init__(required=False, max_length=MOST_DIGITS, widget=widget, **options)

    def to_python(self, value: Any) -> str:
        return plain_digits(super().to_python(value) or "").replace(",", ".")


class RuleForm(forms.Form):
    """What every text of a field satisfies; what is left empty is not demanded."""

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(
        label=_("What stands in the field"),
        choices=KINDS,
        initial=Kind.DIGITS.value,
        widget=forms.RadioSelect,
    )
    least_digits = NumbersField(
        label=_("Least number of digits"), min_value=1, max_value=MOST_DIGITS
    )
    most_digits = NumbersField(
        label=_("Largest number of digits"), min_value=1, max_value=MOST_DIGITS
    )
    check_digit = forms.ChoiceField(
        label=_("Check digit"),
        choices=[("", _("none")), *((check.value, name) for check, name in CHECKS.items())],
        required=False,
    )
    country = forms.CharField(
        label=_("Country of the IBAN"),
        help_text=_("Its two letters, where only the digits behind them are read."),
        max_length=2,
        required=False,
    )
    pattern = forms.CharField(
        label=_("Pattern"),
        help_text=_("A regular expression that all digits together match, as in 20[0-9]{6}."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )
    values = forms.CharField(
        label=_("Allowed values"),
        help_text=_("One a line; leading zeros count. Empty: all."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr", "spellcheck": "false"}),
    )
    values_file = forms.FileField(
        label=_("… or a CSV file with them in its first column"), required=False
    )
    keep_values = forms.BooleanField(label=_("Keep the present list"), required=False)
    least_value = ValueField(label=_("Least value"))
    most_value = ValueField(label=_("Largest value"))
    decimal_sign = forms.ChoiceField(label=_("Decimal sign"), choices=DECIMAL_SIGNS, required=False)
    thousands_sign = forms.ChoiceField(
        label=_("Sign of thousands"), choices=THOUSANDS_SIGNS, required=False
    )
    least_decimals = NumbersField(label=_("Least number of decimals"), min_value=0, max_value=12)
    most_decimals = NumbersField(label=_("Largest number of decimals"), min_value=0, max_value=12)
    order = forms.ChoiceField(
        label=_("Order"),
        choices=[(order.value, name) for order, name in ORDERS.items()],
        required=False,
    )
    year_digits = forms.ChoiceField(label=_("Year"), choices=YEARS, required=False)
    short = forms.BooleanField(
        label=_("Days and months may be written with one digit"), required=False
    )
    first_day = TypedDayField(
        label=_("First day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_day = TypedDayField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    # The fields of each kind; the page shows those of the kind that is chosen.
    FIELDS_OF: ClassVar = {
        Kind.DIGITS: (
            *("least_digits", "most_digits", "check_digit", "country"),
            *("keep_values", "values", "values_file", "pattern", "least_value", "most_value"),
        ),
        Kind.NUMBER: (
            *("decimal_sign", "thousands_sign", "least_decimals", "most_decimals"),
            *("least_value", "most_value"),
        ),
        Kind.DATE: ("order", "year_digits", "short", "first_day", "last_day"),
    }

    def __init__(self, *args: Any, earlier: SavedRule | None = None, **options: Any) -> None:
        """A form for a new rule, or filled with an earlier one.

        A long list is not written out in the page; it is kept unless another one is given.
        """
        rule = FieldRule.from_data(earlier.definition) if earlier else None
        self._kept = (rule.values or ()) if rule else ()
        if earlier and rule:
            options["initial"] = {"name": earlier.name} | _filled(rule)
        super().__init__(*args, **options)
        if len(self._kept) <= MOST_SHOWN:
            del self.fields["keep_values"]

    def fields_of(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The fields of each kind, for the page."""
        for kind, names in self.FIELDS_OF.items():
            yield kind.value, [self[name] for name in names if name in self.fields]

    def clean_values_file(self) -> tuple[str, ...]:
        given: UploadedFile[bytes] | None = self.cleaned_data["values_file"]
        return _first_column(given) if given else ()

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        if not self.errors:
            try:
                self.cleaned_data["rule"] = FieldRule.from_data(self._definition())
            except RuleWrong as error:
                self._add_wrong(error)
        return self.cleaned_data

    @property
    def rule(self) -> FieldRule:
        """The rule of a valid form."""
        rule: FieldRule = self.cleaned_data["rule"]
        return rule

    def _add_wrong(self, error: RuleWrong) -> None:
        field = _FIELD_OF.get(error.part, error.part)
        sentence = _WRONG.get(error.part, _WRONG.get(error.part.partition(".")[0]))
        message = sentence or _("These parts can't be satisfied together.")
        self.add_error(field if field in self.fields else None, ValidationError(message))

    def _definition(self) -> dict[str, Any]:
        """What the fields of the chosen kind say; those of other kinds count for nothing."""
        kind = Kind(self.cleaned_data["kind"])
        given = {"kind": kind.value} | _PARTS_OF[kind](self.cleaned_data)
        if kind is Kind.DIGITS and self.cleaned_data.get("keep_values") and not given["values"]:
            given["values"] = list(self._kept)
        return {name: value for name, value in given.items() if value}


def _digits_parts(given: dict[str, Any]) -> dict[str, Any]:
    typed = tuple(plain_digits(given["values"]).split())
    return {
        "length": _pair(given["least_digits"], given["most_digits"]),
        "check": given["check_digit"],
        "country": given["country"].upper(),
        "pattern": given["pattern"],
        "values": [*typed, *given["values_file"]],
        "range": _pair(given["least_value"] or None, given["most_value"] or None),
    }


def _number_parts(given: dict[str, Any]) -> dict[str, Any]:
    decimals = {
        "least_decimals": given["least_decimals"] or 0,
        "most_decimals": 2 if given["most_decimals"] is None else given["most_decimals"],
    }
    signs = {
        "decimal_sign": given["decimal_sign"] or ",",
        "thousands_sign": given["thousands_sign"],
    }
    return {
        "number": signs | decimals,
        "range": _pair(given["least_value"] or None, given["most_value"] or None),
    }


def _date_parts(given: dict[str, Any]) -> dict[str, Any]:
    days = {"first": given["first_day"], "last": given["last_day"]}
    return {
        "date": {
            "order": given["order"] or "dmy",
            "year_digits": int(given["year_digits"] or 4),
            "short": given["short"],
        }
        | {name: day.isoformat() for name, day in days.items() if day}
    }


_PARTS_OF = {Kind.DIGITS: _digits_parts, Kind.NUMBER: _number_parts, Kind.DATE: _date_parts}


def _pair(least: Any, most: Any) -> dict[str, Any]:
    """The limits that are given."""
    return {name: value for name, value in (("least", least), ("most", most)) if value is not None}


def _first_column(given: UploadedFile[bytes]) -> tuple[str, ...]:
    """The digits in a CSV file's first column, without a heading."""
    if (given.size or 0) > MOST_LIST_BYTES:
        raise ValidationError(_("This list is too long: it may have 8 MB and 100,000 values."))
    try:
        text = given.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(_("This is no CSV file in UTF-8: save it anew as one.")) from None
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        cells = [plain_digits(row[0]).strip() for row in rows if row and row[0].strip()]
    except csv.Error:
        raise ValidationError(_("This is no CSV file in UTF-8: save it anew as one.")) from None
    if cells and not cells[0].isdecimal():
        del cells[0]
    if not 1 <= len(cells) <= MOST_VALUES:
        raise ValidationError(_("The file's first column has no values, or more than 100,000."))
    return tuple(cells)


def _filled(rule: FieldRule) -> dict[str, Any]:
    """The fields of the form for a rule."""
    filled: dict[str, Any] = {"kind": rule.kind.value, "pattern": rule.pattern or ""}
    filled |= {"check_digit": rule.check or "", "country": rule.country}
    values = rule.values or ()
    filled |= {"keep_values": True}
    filled["values"] = "\n".join(values) if len(values) <= MOST_SHOWN else ""
    if rule.length:
        filled |= {"least_digits": rule.length.least, "most_digits": rule.length.most}
    if rule.range:
        filled |= {"least_value": rule.range.least, "most_value": rule.range.most}
    if rule.number:
        for name in ("decimal_sign", "thousands_sign", "least_decimals", "most_decimals"):
            filled[name] = getattr(rule.number, name)
    if rule.date:
        filled |= {"order": rule.date.order, "year_digits": rule.date.year_digits}
        filled |= {"short": rule.date.short, "first_day": rule.date.first}
        filled["last_day"] = rule.date.last
    return filled
