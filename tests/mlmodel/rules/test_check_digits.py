import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban, isbn

from mlmodel.rules.automata import accepts, product
from mlmodel.rules.check_digits import Check, check_table, has_right_check
from mlmodel.rules.lengths import length_table

TABLES = {check: check_table(check) for check in Check}
IBAN_LENGTH = 20
GERMAN = check_table(Check.IBAN97, "DE", IBAN_LENGTH)
# One number of each algorithm, from its description.
RIGHT = {
    Check.LUHN: "79927398713",
    Check.ISBN10: "0306406152",
    Check.ISBN13: "9780306406157",
    Check.EAN: "4006381333931",
    Check.VERHOEFF: "2363",
    Check.DAMM: "5724",
    Check.IBAN97: "12345676",
    Check.ABA: "111000025",
}
LENGTHS = {Check.ISBN10: 10, Check.ISBN13: 13, Check.EAN: 13, Check.ABA: 9}


def with_any_check(check: Check, start: str) -> list[str]:
    """Numbers that begin so, with each of ten digits, or a hundred, at the end."""
    if check in LENGTHS:
        start = start.ljust(LENGTHS[check] - 1, "4")[: LENGTHS[check] - 1]
    if check is Check.ISBN13:
        start = "978" + start[3:]
    if check is Check.IBAN97:
        return [f"{start}{end:02}" for end in range(100)]
    return [f"{start}{end}" for end in range(10)]


@pytest.mark.parametrize("check", Check)
@given(start=st.text("0123456789", max_size=19))
def test_the_automaton_accepts_what_the_plain_check_accepts(check: Check, start: str) -> None:
    for number in with_any_check(check, start):
        assert accepts(TABLES[check], number) == has_right_check(check, number)


@pytest.mark.parametrize("check", Check)
@given(number=st.text("0123456789", min_size=1, max_size=15))
def test_so_it_does_for_numbers_of_any_length(check: Check, number: str) -> None:
    assert accepts(TABLES[check], number) == has_right_check(check, number)


@pytest.mark.parametrize("check", Check)
def test_the_example_of_each_is_accepted_and_no_neighbour(check: Check) -> None:
    number = RIGHT[check]
    assert accepts(TABLES[check], number)
    assert has_right_check(check, number)
    for place, digit in enumerate(number):
        other = number[:place] + str((int(digit) + 1) % 10) + number[place + 1 :]
        assert not accepts(TABLES[check], other)


@given(st.text("0123456789", min_size=IBAN_LENGTH, max_size=IBAN_LENGTH))
def test_an_iban_of_a_country_is_checked_with_its_letters(digits: str) -> None:
    assert accepts(GERMAN, digits) == has_right_check(Check.IBAN97, digits, "DE")


def test_a_real_iban_is_right() -> None:
    number = "89370400440532013000"
    assert iban.is_valid(f"DE{number}")
    assert accepts(GERMAN, number)
    assert has_right_check(Check.IBAN97, number, "DE")
    assert not has_right_check(Check.IBAN97, number)


def test_an_isbn_that_ends_in_a_letter_is_not_read() -> None:
    assert isbn.is_valid("080442957X")
    assert not has_right_check(Check.ISBN10, "080442957X")


def test_a_check_of_any_length_can_be_joined_with_one_length() -> None:
    table = product(TABLES[Check.VERHOEFF], length_table(4, 4))
    assert accepts(table, "2363")
    assert not accepts(table, "23630")
    assert len(table.starts) == 1
