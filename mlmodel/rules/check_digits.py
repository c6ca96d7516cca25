"""Check digits: as automata that a search follows, and as `stdnum` tests a whole number.

All but Damm's and ISO 7064's count from the right. A search reads from the left, so those
automata have a start for each number of digits to come, as far as that matters, and their states
hold how many are left.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial

from stdnum import damm, ean, isbn, luhn, verhoeff
from stdnum.iso7064 import mod_97_10
from stdnum.us import rtn

from mlmodel.rules.automata import DIGITS, Table, table_of

_EAN_LENGTHS = (8, 12, 13, 14)
_ISBN10_LENGTH, _ISBN13_LENGTH, _ABA_LENGTH = 10, 13, 9
_ISBN13_PREFIXES = ("978", "979")


class Check(StrEnum):
    """The algorithms that are known."""

    LUHN = "luhn"
    ISBN10 = "isbn10"  # without those that end in X, which is no digit
    ISBN13 = "isbn13"
    EAN = "ean"  # of 8, 12 (UPC-A), 13 or 14 digits
    VERHOEFF = "verhoeff"
    DAMM = "damm"
    IBAN97 = "iban97"  # ISO 7064 MOD 97-10; with a country, its IBAN without the two letters
    ABA = "aba"


def has_right_check(check: Check, digits: str, country: str = "") -> bool:
    """Whether a number has the right check digits, and a length that the check is for.

    Args:
        country: the two letters of an IBAN that stand before its digits; only with IBAN97.
    """
    if not digits.isascii() or not digits.isdigit():
        return False
    if check is Check.ISBN10 and len(digits) != _ISBN10_LENGTH:
        return False
    if check is Check.ISBN13 and len(digits) != _ISBN13_LENGTH:
        return False
    # stdnum.iban knows each country's length, too, and most have letters in their numbers.
    moved = digits[2:] + country + digits[:2] if country else digits
    return bool(_PLAIN[check].is_valid(moved))


_PLAIN = {
    Check.LUHN: luhn,
    Check.ISBN10: isbn,
    Check.ISBN13: isbn,
    Check.EAN: ean,
    Check.VERHOEFF: verhoeff,
    Check.DAMM: damm,
    Check.IBAN97: mod_97_10,
    Check.ABA: rtn,
}


def check_table(check: Check, country: str = "", length: int | None = None) -> Table:
    """What accepts the numbers with the right check digits.

    Args:
        country: see has_right_check.
        length: of an IBAN of a country; without it, only numbers without a country can be checked.
    """
    if country and length:
        return _iban(country, length)
    return _TABLES[check]()


Value = Callable[[int, int], int]  # what a digit adds, by how many are left with it, and itself
_Counted = tuple[int, int]  # how many digits are left, and the sum


def _repeating(period: int, value: Value) -> Table:
    """Of any length: how many digits are left is counted modulo the period."""

    def follow(state: _Counted, digit: int) -> _Counted:
        left, total = state
        return (left - 1) % period, (total + value(left or period, digit)) % DIGITS

    starts = [(left, 0) for left in range(period)]
    return table_of(starts, follow, lambda state: state == (0, 0))


def _of_lengths(lengths: Sequence[int], value: Value, modulus: int, wanted: int = 0) -> Table:
    def follow(state: _Counted, digit: int) -> _Counted | None:
        left, total = state
        return (left - 1, (total + value(left, digit)) % modulus) if left else None

    return table_of(
        [(length, 0) for length in lengths], follow, lambda state: state == (0, wanted % modulus)
    )


def _luhn_value(left: int, digit: int) -> int:
    return sum(divmod(2 * digit, DIGITS)) if left % 2 == 0 else digit


def _ean_value(left: int, digit: int) -> int:
    return digit * (1 if left % 2 else 3)


def _aba_value(left: int, digit: int) -> int:
    return digit * (1, 7, 3)[(left - 1) % 3]


def _isbn13() -> Table:
    def follow(state: tuple[str, int, int], digit: int) -> tuple[str, int, int] | None:
        begun, left, total = state
        if not left:
            return None
        if left > _ISBN13_LENGTH - 3:
            begun += str(digit)
            if not any(prefix.startswith(begun) for prefix in _ISBN13_PREFIXES):
                return None
        return begun, left - 1, (total + _ean_value(left, digit)) % DIGITS

    return table_of([("", _ISBN13_LENGTH, 0)], follow, lambda state: state[1:] == (0, 0))


def _verhoeff() -> Table:
    """Verhoeff multiplies from the right; a digit to the left of all others comes last."""
    factors = [list(range(DIGITS))]
    for _ in range(1, _VERHOEFF_PERIOD):
        factors.append([_VERHOEFF_ROW[digit] for digit in factors[-1]])
    return table_of(
        [(left, 0) for left in range(_VERHOEFF_PERIOD)],
        partial(_verhoeff_step, factors),
        lambda state: state == (0, 0),
    )


_VERHOEFF_PERIOD = 8
# Verhoeff's permutation: what a digit counts as one place farther to the left.
_VERHOEFF_ROW = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _verhoeff_step(factors: list[list[int]], state: _Counted, digit: int) -> _Counted:
    left, total = state
    place = (left - 1) % _VERHOEFF_PERIOD
    return place, _times(factors[place][digit], total)


def _times(one: int, other: int) -> int:
    """The product in the group of a pentagon's symmetries, numbered as Verhoeff does."""
    turned = (one + other if one < 5 else one - other) % 5
    return turned if (one < 5) == (other < 5) else turned + 5


def _damm_step(checksum: int, digit: int) -> int:
    # The checksum of one digit and its check digit leads to any row of the table.
    return int(damm.checksum(f"{_LEADS_TO[checksum]}{digit}"))


# The digit whose checksum is this.
_LEADS_TO = {int(damm.checksum(str(digit))): digit for digit in range(DIGITS)}


def _iban(country: str, length: int) -> Table:
    """The digits of an IBAN: two check digits, which count last, and the number before them."""
    letters = sum(
        (int(letter, 36) * 100 ** (1 - place)) for place, letter in enumerate(country.upper())
    )

    def value(left: int, digit: int) -> int:
        place = left - length + 1 if left > length - 2 else left + 5
        return digit * int(pow(DIGITS, place, 97))

    return _of_lengths([length], value, 97, 1 - letters * 100)


def _mod_97() -> Table:
    return table_of([0], lambda rest, digit: (rest * DIGITS + digit) % 97, lambda rest: rest == 1)


_TABLES: dict[Check, Callable[[], Table]] = {
    Check.LUHN: partial(_repeating, 2, _luhn_value),
    Check.ISBN10: partial(_of_lengths, [_ISBN10_LENGTH], lambda left, digit: left * digit, 11),
    Check.ISBN13: _isbn13,
    Check.EAN: partial(_of_lengths, _EAN_LENGTHS, _ean_value, DIGITS),
    Check.VERHOEFF: _verhoeff,
    Check.DAMM: partial(table_of, [0], _damm_step, lambda checksum: checksum == 0),
    Check.IBAN97: _mod_97,
    Check.ABA: partial(_of_lengths, [_ABA_LENGTH], _aba_value, DIGITS),
}
