"""What digits can mean under a rule: where the decimal sign stands, or which day it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from mlmodel.rules.compiled import calendar_of
from mlmodel.rules.field_rule import FieldRule, Kind, Length, NumberForm

# In the form of a way, these stand for the signs that may be written there.
DECIMAL, THOUSANDS, BETWEEN = ".", ",", "/"
# Whatever is written between a day, a month and a year.
_BETWEEN_DATES = ".,-/:'"
_EITHER = ".,"


@dataclass(frozen=True)
class Way:
    """One meaning of some digits.

    Attributes:
        value: digits as they are; a number with "." before its decimals; a date by ISO 8601.
        forms: the ways to write it, digits and the signs DECIMAL, THOUSANDS and BETWEEN.
    """

    value: str
    forms: tuple[str, ...]


def ways(rule: FieldRule, digits: str) -> list[Way]:
    """All meanings of digits that satisfy the rule.

    Args:
        digits: that the rule's automaton accepts.
    """
    if rule.date:
        found = calendar_of(rule.date).meant(digits)
        return [Way(one.day.isoformat(), (BETWEEN.join(one.groups),)) for one in found]
    if rule.kind is Kind.NUMBER:
        return list(_numbers(rule, digits))
    return [Way(digits, (digits,))]


def signs_of(rule: FieldRule) -> dict[str, str]:
    """The signs that may be written for each of those in the forms of ways."""
    if rule.date:
        return {BETWEEN: _BETWEEN_DATES}
    form = rule.number or NumberForm()
    thousands = form.thousands_sign.strip()
    # Where numbers have one sign, a point that was meant as a comma is a comma.
    decimal = form.decimal_sign if thousands in tuple(_EITHER) else _EITHER
    return {DECIMAL: decimal} | ({THOUSANDS: thousands} if thousands else {})


def _numbers(rule: FieldRule, digits: str) -> Iterator[Way]:
    form, length = rule.number or NumberForm(), rule.length or Length()
    if not length.least <= len(digits) <= length.most:
        return
    least, most = rule.range.limits if rule.range else (None, None)
    for decimals in range(form.least_decimals, form.most_decimals + 1):
        if decimals >= len(digits):
            return
        whole, rest = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
        value = f"{whole}.{rest}" if rest else whole
        if least is not None and Decimal(value) < least:
            continue
        if most is not None and Decimal(value) > most:
            continue
        wholes = [whole]
        if form.thousands_sign.strip() and len(whole) > 3:
            wholes.append(_in_thousands(whole))
        yield Way(value, tuple(f"{one}{DECIMAL}{rest}" if rest else one for one in wholes))


def _in_thousands(whole: str) -> str:
    first = len(whole) % 3 or 3
    groups = [whole[:first], *(whole[i : i + 3] for i in range(first, len(whole), 3))]
    return THOUSANDS.join(groups)
