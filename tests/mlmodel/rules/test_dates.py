from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlmodel.rules.dates import Calendar, Order

FIRST, LAST = date(1999, 2, 27), date(2004, 3, 1)
DAYS = st.dates(FIRST, LAST)


def calendar(order: Order = Order.DMY, year_digits: int = 4, *, short: bool = False) -> Calendar:
    return Calendar(order, year_digits, short, FIRST, LAST)


@cache
def texts(order: Order, year_digits: int) -> frozenset[str]:
    return frozenset(calendar(order, year_digits).texts())


@pytest.mark.parametrize(
    ("order", "digits"), [("dmy", "04032001"), ("mdy", "03042001"), ("ymd", "20010304")]
)
def test_the_order_says_what_digits_mean(order: str, digits: str) -> None:
    (meant,) = calendar(Order(order)).meant(digits)
    assert meant.day == date(2001, 3, 4)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("year_digits", [2, 4])
@given(day=DAYS)
def test_every_day_is_among_the_texts_and_means_itself(
    order: Order, year_digits: int, day: date
) -> None:
    known = calendar(order, year_digits)
    parts = {"d": f"{day.day:02}", "m": f"{day.month:02}", "y": f"{day.year}"[-year_digits:]}
    digits = "".join(parts[part] for part in order)
    assert digits in texts(order, year_digits)
    assert [one.day for one in known.meant(digits)] == [day]


@pytest.mark.parametrize("short", [False, True])
def test_every_text_means_a_day(short: bool) -> None:
    known = calendar(short=short)
    assert all(known.meant(text) for text in set(known.texts()))


def test_no_other_text_means_a_day() -> None:
    known = calendar(year_digits=2)
    every = (f"{number:06}" for number in range(0, 10**6, 7))
    assert all(bool(known.meant(text)) == (text in texts(Order.DMY, 2)) for text in every)


def test_the_29th_of_february_is_in_leap_years_only() -> None:
    assert calendar().meant("29022000")
    assert not calendar().meant("29022001")


def test_days_outside_the_range_are_none() -> None:
    assert calendar().meant("27021999")
    assert not calendar().meant("26021999")


def test_short_digits_may_mean_two_days() -> None:
    days = [one.day for one in calendar(short=True).meant("1112001")]
    assert sorted(days) == [date(2001, 1, 11), date(2001, 11, 1)]


def test_two_digits_stand_for_a_year_of_the_hundred() -> None:
    known = Calendar(Order.DMY, 2, False, date(1970, 1, 1), date(2069, 12, 31))
    years = [known.meant(f"0101{year}")[0].day.year for year in (69, 70)]
    assert years == [2069, 1970]
