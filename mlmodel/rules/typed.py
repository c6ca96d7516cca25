"""Whether what a person types satisfies a rule, which value it has, and why it does not."""

import re
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from mlmodel.rules.automata import Table, accepts
from mlmodel.rules.check_digits import has_right_check
from mlmodel.rules.compiled import calendar_of
from mlmodel.rules.dates import Calendar
from mlmodel.rules.field_rule import FieldRule, Kind, Length, NumberForm
from mlmodel.rules.patterns import pattern_table

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_GROUPS = re.compile(r"([0-9]+)[^0-9]+([0-9]+)[^0-9]+([0-9]+)")


class WhyNot(StrEnum):
    """What is wrong with a text under a rule; the first of these that applies."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"  # or, of a number or a date, signs that it can't have
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_FEW_DECIMALS = "too_few_decimals"
    TOO_MANY_DECIMALS = "too_many_decimals"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    WRONG_PATTERN = "wrong_pattern"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    NOT_IN_LIST = "not_in_list"
    NO_DATE = "no_date"
    AMBIGUOUS_DATE = "ambiguous_date"  # 1/11 or 11/1
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"


def is_met(rule: FieldRule, text: str) -> bool:
    """Whether a text satisfies the rule."""
    return why_not(rule, text) is None


def why_not(rule: FieldRule, text: str) -> WhyNot | None:
    """What is wrong with a text under the rule; None for nothing.

    Args:
        text: as a person types it, with the signs of a number or a date; spaces count for nothing.
    """
    return _checked(rule, text)[1]


def value_of(rule: FieldRule, text: str) -> str | None:
    """The value of a text that satisfies the rule; None if it does not.

    Digits stay as they are, leading zeros and all; a number has "." before its decimals; a date is
    written by ISO 8601.
    """
    value, wrong = _checked(rule, text)
    return None if wrong else value


def _checked(rule: FieldRule, text: str) -> tuple[str, WhyNot | None]:
    text = "".join(text.split())
    if not text:
        return "", WhyNot.EMPTY
    if rule.kind is Kind.NUMBER:
        return _number(rule, text)
    if rule.kind is Kind.DATE:
        return _date(rule, text)
    return text, _wrong_digits(rule, text)


def _wrong_digits(rule: FieldRule, digits: str) -> WhyNot | None:
    if not _are_digits(digits):
        return WhyNot.NOT_DIGITS
    wrong = _wrong_length(rule, digits) or _wrong_value(rule, Decimal(digits))
    if wrong:
        return wrong
    if rule.pattern is not None and not accepts(_pattern(rule.pattern), digits):
        return WhyNot.WRONG_PATTERN
    if rule.check and not has_right_check(rule.check, digits, rule.country):
        return WhyNot.WRONG_CHECK_DIGIT
    if rule.values is not None and digits not in _values(rule):
        return WhyNot.NOT_IN_LIST
    return None


def _wrong_length(rule: FieldRule, digits: str) -> WhyNot | None:
    length = rule.length or Length()
    if len(digits) < length.least:
        return WhyNot.TOO_SHORT
    return WhyNot.TOO_LONG if len(digits) > length.most else None


def _wrong_value(rule: FieldRule, value: Decimal) -> WhyNot | None:
    least, most = rule.range.limits if rule.range else (None, None)
    if least is not None and value < least:
        return WhyNot.TOO_SMALL
    return WhyNot.TOO_LARGE if most is not None and value > most else None


@lru_cache(maxsize=32)
def _pattern(pattern: str) -> Table:
    return pattern_table(pattern)


@lru_cache(maxsize=8)
def _values(rule: FieldRule) -> frozenset[str]:
    return frozenset(rule.values or ())


def _number(rule: FieldRule, text: str) -> tuple[str, WhyNot | None]:
    form = rule.number or NumberForm()
    # Without a sign of thousands, both signs can mean one thing only.
    gone, sign = (form.thousands_sign, "") if form.thousands_sign else (",", ".")
    text = text.replace(gone, sign)
    whole, _, decimals = text.replace(form.decimal_sign, ".").partition(".")
    if not _are_digits(whole + decimals) or not whole or text.endswith((".", ",")):
        return "", WhyNot.NOT_DIGITS
    value = f"{whole}.{decimals}" if decimals else whole
    wrong = _wrong_length(rule, whole + decimals)
    if not wrong and len(decimals) < form.least_decimals:
        wrong = WhyNot.TOO_FEW_DECIMALS
    if not wrong and len(decimals) > form.most_decimals:
        wrong = WhyNot.TOO_MANY_DECIMALS
    return value, wrong or _wrong_value(rule, Decimal(value))


def _date(rule: FieldRule, text: str) -> tuple[str, WhyNot | None]:
    if rule.date is None:
        return "", WhyNot.NO_DATE
    calendar = calendar_of(rule.date)
    if iso := _ISO.fullmatch(text):
        numbers = dict(zip("ymd", iso.groups(), strict=True))
        return _in_range(calendar, tuple(numbers[part] for part in calendar.order))
    if groups := _GROUPS.fullmatch(text):
        return _in_range(calendar, groups.groups())
    if not _are_digits(text):
        return "", WhyNot.NOT_DIGITS
    meant = calendar.meant(text) or calendar.meant_at_any_time(text)
    if len({one.day for one in meant}) > 1:
        return "", WhyNot.AMBIGUOUS_DATE
    return _in_range(calendar, meant[0].groups) if meant else ("", WhyNot.NO_DATE)


def _in_range(calendar: Calendar, groups: tuple[str, ...]) -> tuple[str, WhyNot | None]:
    day = calendar.day_of(groups)
    if day is None:
        return "", WhyNot.NO_DATE
    if day < calendar.first:
        return day.isoformat(), WhyNot.TOO_EARLY
    return day.isoformat(), WhyNot.TOO_LATE if day > calendar.last else None


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
