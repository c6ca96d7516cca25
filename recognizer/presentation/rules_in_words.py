"""Field rules and what is wrong with a text under them, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mlmodel.rules.check_digits import Check
from mlmodel.rules.dates import Order
from mlmodel.rules.field_rule import DateForm, FieldRule, Kind, Length, NumberForm, Range
from mlmodel.rules.typed import WhyNot

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

CHECKS: dict[Check, StrPromise] = {
    Check.LUHN: gettext_lazy("Luhn (cards, many customer numbers)"),
    Check.ISBN10: gettext_lazy("ISBN of 10 digits"),
    Check.ISBN13: gettext_lazy("ISBN of 13 digits"),
    Check.EAN: gettext_lazy("EAN, UPC or GTIN (bar codes)"),
    Check.VERHOEFF: gettext_lazy("Verhoeff"),
    Check.DAMM: gettext_lazy("Damm"),
    Check.IBAN97: gettext_lazy("Modulo 97 (IBAN)"),
    Check.ABA: gettext_lazy("ABA routing number"),
}
ORDERS: dict[Order, StrPromise] = {
    Order.DMY: gettext_lazy("day, month, year"),
    Order.MDY: gettext_lazy("month, day, year"),
    Order.YMD: gettext_lazy("year, month, day"),
}
WHY_NOT: dict[WhyNot, StrPromise] = {
    WhyNot.EMPTY: gettext_lazy("There is no text."),
    WhyNot.NOT_DIGITS: gettext_lazy("It has signs that this field does not have."),
    WhyNot.TOO_SHORT: gettext_lazy("It has too few digits."),
    WhyNot.TOO_LONG: gettext_lazy("It has too many digits."),
    WhyNot.TOO_FEW_DECIMALS: gettext_lazy("It has too few decimals."),
    WhyNot.TOO_MANY_DECIMALS: gettext_lazy("It has too many decimals."),
    WhyNot.TOO_SMALL: gettext_lazy("It is too small."),
    WhyNot.TOO_LARGE: gettext_lazy("It is too large."),
    WhyNot.WRONG_PATTERN: gettext_lazy("It does not match the pattern."),
    WhyNot.WRONG_CHECK_DIGIT: gettext_lazy("The check digit is wrong."),
    WhyNot.NOT_IN_LIST: gettext_lazy("It is not in the list of allowed values."),
    WhyNot.NO_DATE: gettext_lazy("It is no date."),
    WhyNot.AMBIGUOUS_DATE: gettext_lazy(
        "It can be more than one date: put signs between its parts."
    ),
    WhyNot.TOO_EARLY: gettext_lazy("The date is too early."),
    WhyNot.TOO_LATE: gettext_lazy("The date is too late."),
}


def why_not_in_words(code: str) -> str:
    """What is wrong with a text under a rule; a general sentence for a code that is not known."""
    try:
        return str(WHY_NOT[WhyNot(code)])
    except ValueError:
        return _("It does not satisfy the rule.")


def rule_in_words(rule: FieldRule) -> list[str]:
    """What the rule demands, a sentence for each of its parts."""
    said = [_kind(rule)]
    if rule.length:
        said.append(_length(rule.length))
    if rule.range:
        said += _range(rule.range)
    if rule.pattern:
        said.append(_("It matches the pattern %(pattern)s.") % {"pattern": rule.pattern})
    if rule.check:
        said.append(_("Its check digit is right: %(check)s.") % {"check": CHECKS[rule.check]})
    if rule.country:
        said.append(_("The country of the IBAN is %(country)s.") % {"country": rule.country})
    if rule.values:
        said.append(_values(len(rule.values)))
    return said


def _kind(rule: FieldRule) -> str:
    if rule.kind is Kind.NUMBER:
        return _number(rule.number or NumberForm())
    if rule.date:
        return _date(rule.date)
    return _("It is digits only.")


def _number(form: NumberForm) -> str:
    if not form.most_decimals:
        return _("It is a whole number.")
    least, most = form.least_decimals, form.most_decimals
    if least == most:
        return ngettext(
            "It is a number with %(count)d decimal behind “%(sign)s”.",
            "It is a number with %(count)d decimals behind “%(sign)s”.",
            most,
        ) % {"count": most, "sign": form.decimal_sign}
    return _("It is a number with %(least)d to %(most)d decimals behind “%(sign)s”.") % {
        "least": least,
        "most": most,
        "sign": form.decimal_sign,
    }


def _date(form: DateForm) -> str:
    said = _("It is a date: %(order)s.") % {"order": ORDERS[form.order]}
    if form.first:
        said += " " + _("Not before %(day)s.") % {"day": date_format(form.first)}
    if form.last:
        said += " " + _("Not after %(day)s.") % {"day": date_format(form.last)}
    return said


def _length(length: Length) -> str:
    if length.least == length.most:
        one = ngettext("It has %(count)d digit.", "It has %(count)d digits.", length.least)
        return one % {"count": length.least}
    return _("It has %(least)d to %(most)d digits.") % {
        "least": length.least,
        "most": length.most,
    }


def _range(given: Range) -> list[str]:
    said = []
    if given.least is not None:
        said.append(_("It is at least %(number)s.") % {"number": given.least})
    if given.most is not None:
        said.append(_("It is at most %(number)s.") % {"number": given.most})
    return said


def _values(count: int) -> str:
    said = ngettext("It is the one allowed value.", "It is one of %(count)s allowed values.", count)
    return said % {"count": number_format(count, force_grouping=True)}
