"""A rule that every text of a field must satisfy, as it is stored and sent."""

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, NoReturn, Self

import msgspec
from msgspec import Struct

from mlmodel.rules.check_digits import Check
from mlmodel.rules.dates import Order
from mlmodel.rules.patterns import PatternWrong, pattern_table

# Raised whenever a part of a rule changes its meaning.
RULE_FORMAT = 1
MOST_VALUES = 100_000
# A field has no more digits than this. More texts than digits fit would need memory for nothing.
MOST_DIGITS = 64
_MOST_DECIMALS = 12
# Without limits, a date is in these years: days farther away are mostly slips of a reader.
_FIRST_YEAR, _LAST_YEAR, _MOST_YEARS = 1900, 2099, 300
_SIGNS = ".,' "


class RuleWrong(Exception):
    """A rule can't be used; the message is a sentence that names the part.

    Attributes:
        part: its name, with a point before a part of a part: "length.least".
    """

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part = part


class Kind(StrEnum):
    """What the digits of a field are."""

    DIGITS = "digits"  # as they are, leading zeros and all
    NUMBER = "number"  # with a decimal sign, or without one
    DATE = "date"


class Length(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many digits a text has, both limits included."""

    least: int = 1
    most: int = MOST_DIGITS


class Range(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The least and the largest value, both included, as decimal numbers: "0.5"."""

    least: str | None = None
    most: str | None = None

    @property
    def limits(self) -> tuple[Decimal | None, Decimal | None]:
        return _decimal("range.least", self.least), _decimal("range.most", self.most)


class NumberForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a number is written.

    Attributes:
        decimal_sign: "," or ".".
        thousands_sign: empty where there is none; where there is one, it may be left out.
        least_decimals, most_decimals: how many digits stand behind the decimal sign.
    """

    decimal_sign: str = ","
    thousands_sign: str = ""
    least_decimals: int = 0
    most_decimals: int = 2


class DateForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a date is written, and which dates are possible.

    Attributes:
        order: of day, month and year.
        year_digits: 4, or 2.
        pivot: the year that is the first of the hundred that two digits stand for.
        short: whether a day or a month below ten may be written with one digit.
        first, last: the first and the last possible day.
    """

    order: Order
    year_digits: int = 4
    pivot: int = 1970
    short: bool = False
    first: date | None = None
    last: date | None = None

    @property
    def limits(self) -> tuple[date, date]:
        """The first and the last day, as they are given and as the year's digits allow."""
        first, last = date(_FIRST_YEAR, 1, 1), date(_LAST_YEAR, 12, 31)
        if self.year_digits == 2:
            first, last = date(self.pivot, 1, 1), date(self.pivot + 99, 12, 31)
            return max(first, self.first or first), min(last, self.last or last)
        return self.first or first, self.last or last


class FieldRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every text of a field satisfies. Where several parts are given, all of them hold.

    Attributes:
        format: RULE_FORMAT.
        kind: what the digits are.
        length: how many digits there are; of dates, their form says it.
        range: of the value of digits or of a number.
        pattern: a regular expression that all digits together match; see patterns.pattern_table.
        values: those that are allowed, digits each, leading zeros and all; only for digits.
        check: of the check digit; only for digits.
        country: of an IBAN, the two letters before its digits; only with that check.
        number: only for numbers, which have the usual form without it.
        date: only for dates, which need it.
    """

    format: int = RULE_FORMAT
    kind: Kind = Kind.DIGITS
    length: Length | None = None
    range: Range | None = None
    pattern: str | None = None
    values: tuple[str, ...] | None = None
    check: Check | None = None
    country: str = ""
    number: NumberForm | None = None
    date: DateForm | None = None

    @classmethod
    def from_data(cls, data: Any) -> Self:
        """Make a rule from what JSON holds.

        Raises:
            RuleWrong: a part is missing, unknown, of another type, or can't be satisfied.
        """
        try:
            rule = msgspec.convert(data, cls)
        except msgspec.ValidationError as error:
            message, _, place = str(error).partition(" - at `$.")
            part = place.rstrip("`")
            named = f'The part "{part}" of the rule' if part else "The rule"
            raise RuleWrong(part, f"{named} is not as it should be: {message}.") from None
        _require_sound(rule)
        from mlmodel.rules.compiled import automaton_of

        automaton_of(rule)
        return rule

    def to_data(self) -> dict[str, Any]:
        """What JSON can hold; from_data makes the same rule of it."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return {"format": self.format, "kind": str(self.kind)} | data


def _require_sound(rule: FieldRule) -> None:
    if rule.format != RULE_FORMAT:
        _refuse("format", f"is {rule.format}; this version knows {RULE_FORMAT}")
    for name in _NOT_FOR[rule.kind]:
        if getattr(rule, name):
            _refuse(name, f'has no meaning for the kind "{rule.kind}"')
    _require_length(rule.length)
    _require_range(rule.range)
    _require_values(rule.values)
    _require_country(rule)
    _require_form(rule.number)
    _require_date(rule)
    if rule.pattern is not None:
        try:
            pattern_table(rule.pattern)
        except PatternWrong as error:
            _refuse("pattern", str(error))


# The parts that say nothing about texts of a kind.
_NOT_FOR = {
    Kind.DIGITS: ("number", "date"),
    Kind.NUMBER: ("date", "values", "check", "country", "pattern"),
    Kind.DATE: ("length", "range", "number", "values", "check", "country", "pattern"),
}


def _refuse(part: str, message: str) -> NoReturn:
    raise RuleWrong(part, f'The part "{part}" of the rule {message}.')


def _require_length(length: Length | None) -> None:
    if length and not 1 <= length.least <= length.most <= MOST_DIGITS:
        _refuse("length", f"needs limits between 1 and {MOST_DIGITS}, the smaller one first")


def _require_range(given: Range | None) -> None:
    if given is None:
        return
    least, most = given.limits
    if least is not None and most is not None and least > most:
        _refuse("range", "has a least value above its largest")


def _decimal(part: str, text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        _refuse(part, f'is "{text[:MOST_DIGITS]}", which is no number')
    # Written out, 1e999999999 would fill the memory.
    is_long = value.is_finite() and max(len(text), abs(value.adjusted())) > MOST_DIGITS
    if not value.is_finite() or value < 0 or is_long:
        _refuse(part, f"is no number from 0 with at most {MOST_DIGITS} digits")
    return value


def _require_values(values: tuple[str, ...] | None) -> None:
    if values is None:
        return
    if not 1 <= len(values) <= MOST_VALUES:
        _refuse("values", f"holds {len(values)} values; a list has 1 to {MOST_VALUES}")
    for value in values:
        if not (value.isascii() and value.isdigit()) or len(value) > MOST_DIGITS:
            shown = value[:MOST_DIGITS]
            _refuse("values", f'holds "{shown}", which is not 1 to {MOST_DIGITS} digits')


def _require_country(rule: FieldRule) -> None:
    if not rule.country:
        return
    if rule.check != Check.IBAN97:
        _refuse("country", f'has a meaning only with the check "{Check.IBAN97}"')
    if not (len(rule.country) == 2 and rule.country.isascii() and rule.country.isalpha()):
        _refuse("country", "is not two letters")
    if not rule.length or rule.length.least != rule.length.most or rule.length.least < 5:
        _refuse("country", "needs an exact length: the digits that an IBAN of this country has")


def _require_form(form: NumberForm | None) -> None:
    if form is None:
        return
    if form.decimal_sign not in (",", "."):
        _refuse("number.decimal_sign", 'is neither "," nor "."')
    if form.thousands_sign and (
        form.thousands_sign not in tuple(_SIGNS) or form.thousands_sign == form.decimal_sign
    ):
        _refuse("number.thousands_sign", "is the decimal sign, or no sign of thousands")
    if not 0 <= form.least_decimals <= form.most_decimals <= _MOST_DECIMALS:
        _refuse("number", f"needs 0 to {_MOST_DECIMALS} decimals, the smaller limit first")


def _require_date(rule: FieldRule) -> None:
    form = rule.date
    if form is None:
        if rule.kind is Kind.DATE:
            _refuse("date", "is missing: it says whether the day or the month comes first")
        return
    if form.year_digits not in (2, 4):
        _refuse("date.year_digits", "is neither 2 nor 4")
    if not _FIRST_YEAR - _MOST_YEARS <= form.pivot <= _LAST_YEAR:
        _refuse("date.pivot", "is a year too far away")
    first, last = form.limits
    if first > last:
        _refuse("date", "has a first day behind its last one")
    if last.year - first.year > _MOST_YEARS:
        _refuse("date", f"reaches over more than {_MOST_YEARS} years")
